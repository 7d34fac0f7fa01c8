import type { PrincipalRef, Trust } from "@pave/contract";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";

/** A trust with what exchanging needs of it. */
export interface TrustRow extends Omit<Trust, "createdAt" | "lastUsedAt"> {
  readonly projectId: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly accountDisabledAt: Date | null;
}

const trusts = (ctx: Ctx) =>
  ctx.db
    .selectFrom("trusts as t")
    .innerJoin("projects as j", "j.id", "t.project_id")
    .innerJoin("principals as a", "a.id", "t.principal_id")
    .innerJoin("principals as c", "c.id", "t.created_by")
    .select([
      "t.id as id",
      "t.project_id as projectId",
      "j.name as project",
      "t.issuer as issuer",
      "t.kind as kind",
      "t.repository as repository",
      "t.repository_id as repositoryId",
      "t.branch as branch",
      "t.tag as tag",
      "t.pull_requests as pullRequests",
      "t.job_environment as jobEnvironment",
      "t.workflow as workflow",
      "t.unprotected as unprotected",
      "t.role as role",
      "t.scopes as scopes",
      "t.created_at as createdAt",
      "t.last_used_at as lastUsedAt",
      "a.id as accountId",
      "a.name as accountName",
      "a.disabled_at as accountDisabledAt",
      "c.id as creatorId",
      "c.name as creatorName",
      "c.kind as creatorKind",
    ])
    .where("t.removed_at", "is", null)
    .orderBy("t.created_at");

type Selected = Awaited<ReturnType<ReturnType<typeof trusts>["execute"]>>[number];

const toRow = ({ accountId, accountName, creatorId, creatorName, creatorKind, ...row }: Selected): TrustRow => ({
  ...row,
  kind: row.kind as TrustRow["kind"],
  scopes: row.scopes as string[],
  serviceAccount: { id: accountId, kind: "service-account", name: accountName },
  createdBy: { id: creatorId, kind: creatorKind as PrincipalRef["kind"], name: creatorName },
});

export const listTrusts = async (ctx: Ctx, projectId: string): Promise<TrustRow[]> =>
  (await trusts(ctx).where("t.project_id", "=", projectId).limit(200).execute()).map(toRow);

/** By the project's name, so that who asks does not learn whether there is such a project. */
export const listTrustsOf = async (ctx: Ctx, project: string, issuer: string): Promise<TrustRow[]> =>
  (await trusts(ctx).where("j.name", "=", project).where("t.issuer", "=", issuer).limit(200).execute()).map(toRow);

export async function findTrust(ctx: Ctx, projectId: string, idOrStart: string): Promise<TrustRow[]> {
  const rows = await listTrusts(ctx, projectId);
  return rows.filter(({ id }) => id.startsWith(idOrStart));
}

export interface NewTrust extends Omit<Trust, "project" | "serviceAccount" | "createdBy" | "createdAt" | "lastUsedAt"> {
  readonly projectId: string;
  readonly principalId: string;
}

export async function insertTrust(ctx: Ctx, trust: NewTrust): Promise<void> {
  await ctx.db
    .insertInto("trusts")
    .values({
      id: trust.id,
      project_id: trust.projectId,
      issuer: trust.issuer,
      kind: trust.kind,
      repository: trust.repository,
      repository_id: trust.repositoryId,
      branch: trust.branch,
      tag: trust.tag,
      pull_requests: trust.pullRequests,
      job_environment: trust.jobEnvironment,
      workflow: trust.workflow,
      unprotected: trust.unprotected,
      principal_id: trust.principalId,
      role: trust.role,
      scopes: json(trust.scopes),
      created_by: ctx.actor.principalId,
      created_at: ctx.clock.now(),
    })
    .execute();
}

/** Ends the trust and every token that came of it. */
export async function removeTrust(ctx: Ctx, id: string): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.updateTable("trusts").set({ removed_at: now }).where("id", "=", id).execute();
  await ctx.db
    .updateTable("tokens")
    .set({ revoked_at: now })
    .where("trust_id", "=", id)
    .where("revoked_at", "is", null)
    .execute();
}

/** Still there? And if the repository's id is not known yet, it is this one from now on. Holds the row until the commit. */
export async function touchTrust(ctx: Ctx, id: string, repositoryId: string | null): Promise<boolean> {
  const row = await ctx.db
    .updateTable("trusts")
    .set((eb) => ({
      last_used_at: ctx.clock.now(),
      repository_id: eb.fn.coalesce("repository_id", eb.val(repositoryId)),
    }))
    .where("id", "=", id)
    .where("removed_at", "is", null)
    .returning("repository_id")
    .executeTakeFirst();
  return row !== undefined && (row.repository_id === null || row.repository_id === repositoryId);
}

export async function setTokenTrust(ctx: Ctx, tokenId: string, trustId: string): Promise<void> {
  await ctx.db.updateTable("tokens").set({ trust_id: trustId }).where("id", "=", tokenId).execute();
}

/** False when a token of this issuer with this id came before. */
export async function useAssertion(
  ctx: Ctx,
  input: { readonly issuer: string; readonly jtiHash: string; readonly until: Date },
): Promise<boolean> {
  const row = await ctx.db
    .insertInto("used_assertions")
    .values({ issuer: input.issuer, jti_sha256: input.jtiHash, until: input.until })
    .onConflict((conflict) => conflict.doNothing())
    .returning("issuer")
    .executeTakeFirst();
  return row !== undefined;
}

/** Tokens of jobs are no use once they are over, and there is one for each job. */
const keptMs = 7 * 86_400_000;

export async function pruneTrusts(ctx: Ctx): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.deleteFrom("used_assertions").where("until", "<", now).execute();
  await ctx.db
    .deleteFrom("tokens")
    .where("origin", "=", "trust")
    .where("expires_at", "<", new Date(now.getTime() - keptMs))
    .execute();
}
