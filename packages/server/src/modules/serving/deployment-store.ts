import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import { type DeploymentRow, defaultLimits, type ServingState } from "./deployment.ts";

/** Hint for gateways that wait for their config; sent after commit. */
export const servingChannel = "pave_serving";

const select = (ctx: Ctx) =>
  ctx.db
    .selectFrom("deployments as d")
    .innerJoin("projects as j", "j.id", "d.project_id")
    .select([
      "d.id",
      "d.project_id as projectId",
      "j.name as project",
      "d.environment",
      "d.name",
      "d.kind",
      "d.active_release_id as activeReleaseId",
      "d.serving",
      "d.updated_at as updatedAt",
    ]);

type Selected = Awaited<ReturnType<ReturnType<typeof select>["executeTakeFirstOrThrow"]>>;

const nothingServed: ServingState = { releases: [], weights: [], stableReleaseId: null, limits: defaultLimits };

const toDeployment = (row: Selected): DeploymentRow => ({
  ...row,
  kind: row.kind as DeploymentRow["kind"],
  serving: { ...nothingServed, ...(row.serving as Partial<ServingState>) },
});

export interface DeploymentKey {
  readonly projectId: string;
  readonly environment: string;
  readonly name: string;
}

export async function findDeployment(
  ctx: Ctx,
  key: { id: string } | DeploymentKey,
  options: { lock?: boolean } = {},
): Promise<DeploymentRow | undefined> {
  let query = select(ctx);
  query =
    "id" in key
      ? query.where("d.id", "=", key.id)
      : query
          .where("d.project_id", "=", key.projectId)
          .where("d.environment", "=", key.environment)
          .where("d.name", "=", key.name);
  if (options.lock) query = query.forUpdate("d");
  const row = await query.executeTakeFirst();
  return row && toDeployment(row);
}

export async function listDeployments(
  ctx: Ctx,
  filter: { projectId?: string; projectIds?: readonly string[]; environment?: string } = {},
): Promise<DeploymentRow[]> {
  if (filter.projectIds?.length === 0) return [];
  let query = select(ctx);
  if (filter.projectIds) query = query.where("d.project_id", "in", [...filter.projectIds]);
  if (filter.projectId) query = query.where("d.project_id", "=", filter.projectId);
  if (filter.environment) query = query.where("d.environment", "=", filter.environment);
  return (await query.orderBy("j.name").orderBy("d.environment").orderBy("d.name").execute()).map(toDeployment);
}

/** The deployment of that name, made when it is not there. */
export async function ensureDeployment(
  ctx: Ctx,
  key: DeploymentKey & { kind: DeploymentRow["kind"] },
): Promise<DeploymentRow> {
  const now = ctx.clock.now();
  const row = {
    id: newId(),
    project_id: key.projectId,
    environment: key.environment,
    name: key.name,
    kind: key.kind,
    created_at: now,
    updated_at: now,
  };
  await ctx.db
    .insertInto("deployments")
    .values(row)
    .onConflict((conflict) => conflict.columns(["project_id", "environment", "name"]).doNothing())
    .execute();
  const deployment = await findDeployment(ctx, key, { lock: true });
  if (!deployment) throw new Error(`Broken invariant: deployment ${key.name} is missing`);
  return deployment;
}

/**
 * Writes what gateways are told, and which release is active, under a new version of their config, which it returns.
 * To be called in a transaction that has locked the deployment.
 */
export async function setServing(
  ctx: Ctx,
  deploymentId: string,
  change: { serving: ServingState; activeReleaseId?: string | null; isRenewal?: boolean },
): Promise<number> {
  await ctx.db
    .updateTable("deployments")
    .set((eb) => ({
      serving: json(change.serving),
      version: eb("version", "+", 1),
      ...(change.isRenewal ? {} : { updated_at: ctx.clock.now() }),
      ...(change.activeReleaseId === undefined ? {} : { active_release_id: change.activeReleaseId }),
    }))
    .where("id", "=", deploymentId)
    .execute();
  return nextConfigVersion(ctx);
}

/** What gateways are told has changed without a change of any deployment. */
export const publishConfig = async (ctx: Ctx): Promise<void> => void (await nextConfigVersion(ctx));

async function nextConfigVersion(ctx: Ctx): Promise<number> {
  const { version } = await ctx.db
    .updateTable("gateway_config")
    .set((eb) => ({ version: eb("version", "+", 1) }))
    .returning("version")
    .executeTakeFirstOrThrow();
  ctx.afterCommit(() => ctx.database.notify(servingChannel));
  return version;
}

export async function configVersion(ctx: Ctx): Promise<{ version: number; keysDigest: string }> {
  return ctx.db.selectFrom("gateway_config").select(["version", "keys_digest as keysDigest"]).executeTakeFirstOrThrow();
}

/** Other keys than gateways were given last make a new version. */
export async function noteKeys(ctx: Ctx, digest: string): Promise<void> {
  const row = await ctx.db
    .updateTable("gateway_config")
    .set((eb) => ({ version: eb("version", "+", 1), keys_digest: digest }))
    .where("keys_digest", "<>", digest)
    .returning("version")
    .executeTakeFirst();
  if (row) ctx.afterCommit(() => ctx.database.notify(servingChannel));
}
