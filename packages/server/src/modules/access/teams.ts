import type { PrincipalRef } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { suggestion } from "../../kernel/spec/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { getPrincipal, type Principal, platformTeam } from "./principals.ts";
import * as store from "./team-store.ts";

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly members: (PrincipalRef & {
    /** A group of the OpenID provider makes it one, and takes it out again. */
    readonly byGroup: boolean;
  })[];
}

/** Those that are not disabled, with their members. */
export async function listTeams(ctx: Ctx): Promise<Team[]> {
  const [teams, members] = [await store.listTeams(ctx), await store.listTeamMembers(ctx)];
  return teams.map((team) => ({
    ...team,
    members: members
      .filter(({ teamId }) => teamId === team.id)
      .map(({ id, kind, name, byGroup }) => ({ id, kind: kind as PrincipalRef["kind"], name, byGroup })),
  }));
}

/** Which of somebody's teams a new project belongs to when none is named; the platform's own may not be there yet. */
export const ownerAmong = ([first = platformTeam]: readonly string[]): string => first;

/** That of the actor's teams. */
export const defaultOwner = async (ctx: Ctx): Promise<string> =>
  ownerAmong(await store.teamsOf(ctx, ctx.actor.principalId));

/** Its roles are the member's from now on. Adding again changes nothing. */
export async function addTeamMember(ctx: Ctx, input: { readonly team: string; readonly member: string }) {
  const { team, member } = await teamAndMember(ctx, input);
  if (member.kind === "team")
    throw new PaveError("request.invalid", `${member.name} is a team: teams have people and accounts as members`, {
      fix: `Add the members of ${member.name} one by one.`,
    });
  await inTransaction(ctx, async (ctx) => {
    if (await store.addTeamMember(ctx, team.id, member.id)) await record(ctx, "team.member-added", team, member);
  });
}

/** Roles that the team alone gave are gone with the next request. */
export async function removeTeamMember(ctx: Ctx, input: { readonly team: string; readonly member: string }) {
  const { team, member } = await teamAndMember(ctx, input);
  await inTransaction(ctx, async (ctx) => {
    const outcome = await store.removeTeamMember(ctx, team.id, member.id);
    if (outcome === "by a group")
      throw new PaveError("access.conflict", `${member.name} is in ${team.name} by a group of the sign-in provider`, {
        fix: "Take them out of the group there, or take the group's line out of PAVE_OIDC_GROUPS_FILE; it is read at their next sign-in.",
      });
    if (outcome === "no member")
      throw new PaveError("access.not_found", `${member.name} is no member of ${team.name}`, {
        fix: "See who is with `pave teams list`.",
      });
    await record(ctx, "team.member-removed", team, member);
  });
}

/** The team that is there and not disabled, by name. */
export async function getTeam(ctx: Ctx, name: string): Promise<{ readonly id: string; readonly name: string }> {
  const teams = await store.listTeams(ctx);
  const found = teams.find((team) => team.name === name);
  if (found) return found;
  const near = suggestion(
    name,
    teams.map((team) => team.name),
  );
  throw new PaveError("access.not_found", `There is no team ${name}${near}`, {
    fix: "Name one of `pave teams list`; a platform admin makes a new one with `pave teams create NAME`.",
  });
}

const teamAndMember = async (ctx: Ctx, input: { readonly team: string; readonly member: string }) => ({
  team: await getTeam(ctx, input.team),
  member: await getPrincipal(ctx, input.member),
});

const record = (ctx: Ctx, type: string, team: { readonly id: string; readonly name: string }, member: Principal) =>
  recordEvent(ctx, {
    type,
    subjectType: "principal",
    subjectId: member.id,
    teamId: team.id,
    data: { team: team.name },
  });
