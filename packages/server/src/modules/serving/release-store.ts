import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import type { ReleaseRow } from "./deployment.ts";

const selectReleases = (ctx: Ctx) =>
  ctx.db
    .selectFrom("releases as r")
    .innerJoin("revisions as v", "v.id", "r.revision_id")
    .leftJoin("plans as p", "p.id", "r.plan_id")
    .select([
      "r.id",
      "r.deployment_id as deploymentId",
      "r.number",
      "r.state",
      "r.plan_id as planId",
      "p.number as planNumber",
      "r.revision_id as revisionId",
      "v.number as revisionNumber",
      "r.model",
      "r.model_version as modelVersion",
      "r.model_digest as modelDigest",
      "r.configuration",
      "r.message",
      "r.created_by as createdById",
      "r.created_at as createdAt",
      "r.activated_at as activatedAt",
      "r.ended_at as endedAt",
    ]);

export async function findReleases(ctx: Ctx, ids: readonly string[]): Promise<Map<string, ReleaseRow>> {
  if (ids.length === 0) return new Map();
  const rows = (await selectReleases(ctx)
    .where("r.id", "in", [...ids])
    .execute()) as ReleaseRow[];
  return new Map(rows.map((row) => [row.id, row]));
}

export async function findRelease(ctx: Ctx, id: string): Promise<ReleaseRow | undefined> {
  return (await findReleases(ctx, [id])).get(id);
}

/** When the deployment first served anything. */
export async function firstActivation(ctx: Ctx, deploymentId: string): Promise<Date | null> {
  const { at } = await ctx.db
    .selectFrom("releases")
    .select((eb) => eb.fn.min("activated_at").as("at"))
    .where("deployment_id", "=", deploymentId)
    .executeTakeFirstOrThrow();
  return at;
}

/** Of one deployment, the newest first. */
export async function listReleases(ctx: Ctx, deploymentId: string, limit = 50): Promise<ReleaseRow[]> {
  return (await selectReleases(ctx)
    .where("r.deployment_id", "=", deploymentId)
    .orderBy("r.number", "desc")
    .limit(limit)
    .execute()) as ReleaseRow[];
}

export async function findReleaseOfPlan(
  ctx: Ctx,
  planId: string,
  deploymentId: string,
): Promise<ReleaseRow | undefined> {
  return (await selectReleases(ctx)
    .where("r.plan_id", "=", planId)
    .where("r.deployment_id", "=", deploymentId)
    .executeTakeFirst()) as ReleaseRow | undefined;
}

export async function listReleasesOfPlan(ctx: Ctx, planId: string): Promise<ReleaseRow[]> {
  return (await selectReleases(ctx).where("r.plan_id", "=", planId).orderBy("r.id").execute()) as ReleaseRow[];
}

export type NewRelease = Pick<
  ReleaseRow,
  "deploymentId" | "planId" | "revisionId" | "model" | "modelVersion" | "modelDigest" | "configuration" | "message"
>;

export async function insertRelease(ctx: Ctx, release: NewRelease): Promise<string> {
  const id = newId();
  const { number } = await ctx.db
    .updateTable("deployments")
    .set((eb) => ({ last_release: eb("last_release", "+", 1) }))
    .where("id", "=", release.deploymentId)
    .returning("last_release as number")
    .executeTakeFirstOrThrow();
  await ctx.db
    .insertInto("releases")
    .values({
      id,
      deployment_id: release.deploymentId,
      number,
      plan_id: release.planId,
      revision_id: release.revisionId,
      model: release.model,
      model_version: release.modelVersion,
      model_digest: release.modelDigest,
      configuration: json(release.configuration),
      state: "pending",
      message: release.message,
      created_by: ctx.actor.principalId,
      created_at: ctx.clock.now(),
    })
    .execute();
  return id;
}

/** `active` starts the release's time, every other state but the first two ends it. */
export async function setReleaseState(
  ctx: Ctx,
  id: string,
  state: ReleaseRow["state"],
  message?: string,
): Promise<void> {
  const now = ctx.clock.now();
  const times =
    state === "active"
      ? { activated_at: now, ended_at: null }
      : state === "pending" || state === "rolling-out"
        ? {}
        : { ended_at: now };
  await ctx.db
    .updateTable("releases")
    .set({ state, ...times, ...(message === undefined ? {} : { message }) })
    .where("id", "=", id)
    .execute();
}
