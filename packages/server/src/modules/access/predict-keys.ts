import { type Role, rolePermissions } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { allRoles } from "./role-store.ts";
import { liveTokens } from "./token-store.ts";

/** A token hash that gateways let in: to call endpoints of some projects, to read counters, or both. */
export interface PredictKey {
  readonly sha256: string;
  readonly principalId: string;
  readonly expiresAt: string;
  readonly projectIds: "all" | readonly string[];
  /** May read what gateways count. */
  readonly readsMetrics: boolean;
}

/** Every live token that may call endpoints somewhere or read counters; two queries. Gateways keep only hashes. */
export async function predictKeys(ctx: Ctx): Promise<PredictKey[]> {
  const [tokens, roles] = [await liveTokens(ctx), await allRoles(ctx)];
  const projectsOf = new Map<string, Set<string>>();
  for (const { projectId, role, holderId, memberId } of roles) {
    if (!rolePermissions[role as Role].includes("deployment.predict")) continue;
    for (const principal of [holderId, memberId]) {
      if (principal === null) continue;
      const set = projectsOf.get(principal) ?? new Set<string>();
      projectsOf.set(principal, set.add(projectId));
    }
  }
  return tokens.flatMap((token) => {
    const scopes = token.scopes as readonly string[] | null;
    const readsMetrics =
      token.platformAdmin && token.projectId === null && (scopes === null || scopes.includes("metrics.read"));
    const { sha256, principalId } = token;
    const key = { sha256, principalId, expiresAt: token.expiresAt.toISOString(), readsMetrics };
    if (scopes !== null && !scopes.includes("deployment.predict"))
      return readsMetrics ? [{ ...key, projectIds: [] }] : [];
    const own = token.platformAdmin ? ("all" as const) : [...(projectsOf.get(token.principalId) ?? [])];
    const projectIds =
      token.projectId === null ? own : own === "all" || own.includes(token.projectId) ? [token.projectId] : [];
    if (projectIds !== "all" && projectIds.length === 0 && !readsMetrics) return [];
    return [{ ...key, projectIds }];
  });
}
