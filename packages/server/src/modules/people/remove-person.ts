import { type Ctx, inTransaction } from "../../db/context.ts";
import { suggestion } from "../../kernel/closest.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { disablePrincipal, lastSeen, type Principal } from "../access/index.ts";
import { removePassword } from "./password-store.ts";
import * as store from "./people-store.ts";

export interface LeftBehind {
  readonly emptyTeams: { team: string; projects: string[] }[];
  readonly projectsWithoutAdmin: string[];
  readonly sessions: number;
  readonly tokens: number;
}

/** What would stay behind, and may need somebody else. */
export async function leftBehind(ctx: Ctx, person: string): Promise<LeftBehind> {
  const { id } = await getPerson(ctx, person);
  return {
    emptyTeams: await store.teamsLeftEmpty(ctx, id),
    projectsWithoutAdmin: await store.projectsWithoutAdmin(ctx, id),
    ...(await store.countLive(ctx, id)),
  };
}

/** Disables a person for good: sessions and tokens end at once. Their account at a provider does not let them in again. */
export async function removePerson(
  ctx: Ctx,
  person: string,
  beforeIt: (ctx: Ctx, person: Principal) => Promise<void> = async () => {},
): Promise<{ id: string; leftBehind: LeftBehind }> {
  return inTransaction(ctx, async (ctx) => {
    const { id } = await getPerson(ctx, person);
    const behind = await leftBehind(ctx, id);
    await disablePrincipal(ctx, id, beforeIt);
    await removePassword(ctx, id);
    return { id, leftBehind: behind };
  });
}

export async function listPeople(ctx: Ctx, id?: string) {
  const [people, teams, seen] = [await store.listPeople(ctx, id), await store.teamsByPerson(ctx), await lastSeen(ctx)];
  return people.map(({ hasPassword, hasIdentity, ...person }) => ({
    ...person,
    teams: teams.get(person.id) ?? [],
    lastSeenAt: seen.get(person.id)?.toISOString() ?? null,
    signsInBy: [
      ...(hasIdentity ? ["provider" as const] : []),
      ...(hasPassword ? ["password" as const] : []),
      "link" as const,
    ],
    createdAt: person.createdAt.toISOString(),
    disabledAt: person.disabledAt?.toISOString() ?? null,
  }));
}

async function getPerson(ctx: Ctx, text: string) {
  const person = await store.findPerson(ctx, text);
  if (person) return person;
  const meant = suggestion(
    text,
    (await store.listPeople(ctx)).map(({ name }) => name),
  );
  throw new PaveError("access.not_found", `There is no person ${text}${meant}`, {
    fix: "See who is here with `pave users list`; accounts of machines are under `pave principals list`.",
  });
}
