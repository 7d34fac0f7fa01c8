import type { PrincipalRef } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { listAccess, listTeams } from "../access/index.ts";
import { mentionsIn } from "./mentions.ts";

/** Everybody who can read the project, and the teams of which somebody can: nobody else is mentioned or told. */
export async function listMentionable(ctx: Ctx, projectId: string): Promise<PrincipalRef[]> {
  const { people, teams } = await readersOf(ctx, projectId);
  return [...people.values(), ...[...teams.values()].map(({ ref }) => ref)].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export interface Mentions {
  /** Who is told: people, each once; a team's members one by one. The author is not told of their own. */
  readonly told: readonly PrincipalRef[];
  readonly notTold: readonly { readonly name: string; readonly why: string }[];
}

export async function resolveMentions(ctx: Ctx, projectId: string, text: string): Promise<Mentions> {
  const names = mentionsIn(text);
  if (names.length === 0) return { told: [], notTold: [] };
  const { people, teams } = await readersOf(ctx, projectId);
  const told = new Map<string, PrincipalRef>();
  const notTold: { name: string; why: string }[] = [];
  for (const name of names) {
    const person = people.get(name);
    const found = person ? [person] : teams.get(name)?.members;
    if (!found) notTold.push({ name, why: "nobody of that name can read this project" });
    for (const ref of found ?? []) if (ref.id !== ctx.actor.principalId) told.set(ref.id, ref);
  }
  return { told: [...told.values()], notTold };
}

async function readersOf(ctx: Ctx, projectId: string) {
  const [access, allTeams] = [await listAccess(ctx, projectId), await listTeams(ctx)];
  const readers = access.filter(({ permissions }) => permissions.includes("project.read"));
  const people = new Map(readers.map(({ principal }) => [principal.name, principal]));
  const ids = new Set(readers.map(({ principal }) => principal.id));
  const teams = new Map(
    allTeams
      .map(({ id, name, members }) => ({
        ref: { id, name, kind: "team" as const },
        members: members.filter((member) => ids.has(member.id)),
      }))
      .filter(({ members }) => members.length > 0)
      .map((team) => [team.ref.name, team]),
  );
  return { people, teams };
}
