import type { Role } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { recordEvent } from "../ledger/index.ts";
import * as store from "./group-grants-store.ts";
import { lockActiveAdmins } from "./principal-store.ts";
import { findProject } from "./project-store.ts";
import { listTeams } from "./team-store.ts";

/** What the groups of a provider give to one person. */
export interface GroupGrants {
  readonly teams: readonly string[];
  readonly platformAdmin: boolean;
  readonly roles: readonly { readonly project: string; readonly role: Role }[];
}

export interface AppliedGrants {
  /** Each as `+ team-ops`, `- admin`, `+ flights: reviewer`; empty when nothing changed. */
  readonly changes: readonly string[];
  /** Teams and projects of the mapping that are not there. */
  readonly missing: readonly string[];
}

/**
 * Gives a person what their groups give now and takes away what groups gave before and give no longer. What people
 * gave by hand stays. The last platform admin stays one.
 */
export async function applyGroupGrants(ctx: Ctx, principalId: string, grants: GroupGrants): Promise<AppliedGrants> {
  return inTransaction(ctx, async (ctx) => {
    const missing: string[] = [];
    const known = new Map((await listTeams(ctx)).map(({ id, name }) => [name, id]));
    const teams = new Map<string, string>();
    for (const name of grants.teams) {
      const id = known.get(name);
      if (id) teams.set(id, name);
      else missing.push(`team ${name}`);
    }
    const roles = new Map<string, { project: string; role: Role }>();
    for (const { project, role } of grants.roles) {
      const found = await findProject(ctx, project);
      if (found) roles.set(found.id, { project, role });
      else missing.push(`project ${project}`);
    }
    const changes = [
      ...(await store.syncTeams(ctx, principalId, teams)),
      ...(await store.syncRoles(ctx, principalId, roles)),
      ...(await syncAdmin(ctx, principalId, grants.platformAdmin)),
    ];
    if (changes.length > 0)
      await recordEvent(ctx, {
        type: "principal.groups-applied",
        subjectType: "principal",
        subjectId: principalId,
        data: { changes },
      });
    return { changes, missing };
  });
}

async function syncAdmin(ctx: Ctx, principalId: string, isGiven: boolean): Promise<string[]> {
  const admins = await lockActiveAdmins(ctx);
  if (!isGiven && admins.length === 1 && admins[0] === principalId) return [];
  const changed = await store.setAdminByGroup(ctx, principalId, isGiven);
  return changed ? [`${isGiven ? "+" : "-"} platform admin`] : [];
}
