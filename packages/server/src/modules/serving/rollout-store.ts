import { isRolloutOpen, openRolloutStates } from "@pave/contract";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import type { RolloutRow } from "./deployment.ts";

const selectRollouts = (ctx: Ctx) =>
  ctx.db
    .selectFrom("rollouts as o")
    .innerJoin("releases as r", "r.id", "o.release_id")
    .select([
      "o.id",
      "o.deployment_id as deploymentId",
      "o.number",
      "o.release_id as releaseId",
      "r.number as releaseNumber",
      "o.previous_release_id as previousReleaseId",
      "o.kind",
      "o.state",
      "o.settings",
      "o.step",
      "o.step_started_at as stepStartedAt",
      "o.paused_by as pausedBy",
      "o.paused_at as pausedAt",
      "o.message",
      "o.config_version as configVersion",
      "o.started_by as startedById",
      "o.started_at as startedAt",
      "o.finished_at as finishedAt",
    ]);

type Selected = Awaited<ReturnType<ReturnType<typeof selectRollouts>["executeTakeFirstOrThrow"]>>;

const toRollout = (row: Selected): RolloutRow => ({ ...row, settings: row.settings as RolloutRow["settings"] });
const orNone = (row: Selected | undefined): RolloutRow | undefined => row && toRollout(row);

/** The newest rollout of each deployment. */
export async function latestRollouts(ctx: Ctx, deploymentIds: readonly string[]): Promise<Map<string, RolloutRow>> {
  if (deploymentIds.length === 0) return new Map();
  const rows = await selectRollouts(ctx)
    .where("o.deployment_id", "in", [...deploymentIds])
    .distinctOn("o.deployment_id")
    .orderBy("o.deployment_id")
    .orderBy("o.started_at", "desc")
    .orderBy("o.id", "desc")
    .execute();
  return new Map(rows.map((row) => [row.deploymentId, toRollout(row)]));
}

export async function findOpenRollout(ctx: Ctx, deploymentId: string): Promise<RolloutRow | undefined> {
  return orNone(
    await selectRollouts(ctx)
      .where("o.deployment_id", "=", deploymentId)
      .where("o.state", "in", [...openRolloutStates])
      .executeTakeFirst(),
  );
}

export async function findRollout(ctx: Ctx, id: string): Promise<RolloutRow | undefined> {
  return orNone(await selectRollouts(ctx).where("o.id", "=", id).executeTakeFirst());
}

/** The rollout that a plan made the release for. */
export async function findRolloutOfRelease(ctx: Ctx, releaseId: string): Promise<RolloutRow | undefined> {
  return orNone(
    await selectRollouts(ctx)
      .where("o.release_id", "=", releaseId)
      .where("o.kind", "<>", "rollback")
      .executeTakeFirst(),
  );
}

/** Rollouts that moved traffic, in order. */
export async function listRolloutsSince(ctx: Ctx, deploymentId: string, since: Date): Promise<RolloutRow[]> {
  const rows = await selectRollouts(ctx)
    .where("o.deployment_id", "=", deploymentId)
    .where("o.state", "in", ["shifting", "completed"])
    .where("o.started_at", ">=", since)
    .orderBy("o.started_at")
    .execute();
  return rows.map(toRollout);
}

/** Open rollouts that the worker drives: plans drive only those that move all traffic at once. */
export async function listDrivenRollouts(ctx: Ctx): Promise<RolloutRow[]> {
  const rows = await selectRollouts(ctx)
    .where("o.kind", "in", ["canary", "rollback"])
    .where("o.state", "in", [...openRolloutStates])
    .orderBy("o.started_at")
    .execute();
  return rows.map(toRollout);
}

export async function findRolloutByNumber(
  ctx: Ctx,
  deploymentId: string,
  number: number,
): Promise<RolloutRow | undefined> {
  return orNone(
    await selectRollouts(ctx)
      .where("o.deployment_id", "=", deploymentId)
      .where("o.number", "=", number)
      .executeTakeFirst(),
  );
}

/** Of one deployment, the newest first. */
export async function listRollouts(ctx: Ctx, deploymentId: string, limit = 100): Promise<RolloutRow[]> {
  const rows = await selectRollouts(ctx)
    .where("o.deployment_id", "=", deploymentId)
    .orderBy("o.number", "desc")
    .limit(limit)
    .execute();
  return rows.map(toRollout);
}

/**
 * Undefined when the deployment has an open rollout already: the database allows one. To be called in a transaction that
 * has locked the deployment.
 */
export async function insertRollout(
  ctx: Ctx,
  rollout: Pick<RolloutRow, "deploymentId" | "releaseId" | "previousReleaseId" | "kind" | "message"> & {
    readonly settings?: RolloutRow["settings"];
  },
): Promise<string | undefined> {
  const { last } = await ctx.db
    .selectFrom("rollouts")
    .select((eb) => eb.fn.max("number").as("last"))
    .where("deployment_id", "=", rollout.deploymentId)
    .executeTakeFirstOrThrow();
  const row = await ctx.db
    .insertInto("rollouts")
    .values({
      id: newId(),
      deployment_id: rollout.deploymentId,
      number: (last ?? 0) + 1,
      settings: rollout.settings ? json(rollout.settings) : null,
      release_id: rollout.releaseId,
      previous_release_id: rollout.previousReleaseId,
      kind: rollout.kind,
      state: "preparing",
      message: rollout.message,
      started_by: ctx.actor.principalId,
      started_at: ctx.clock.now(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

export type RolloutChange = { readonly state: RolloutRow["state"] } & Partial<
  Pick<RolloutRow, "message" | "configVersion" | "step" | "stepStartedAt" | "pausedBy" | "pausedAt">
>;

export async function updateRollout(ctx: Ctx, id: string, change: RolloutChange): Promise<void> {
  const columns = {
    message: change.message,
    config_version: change.configVersion,
    step: change.step,
    step_started_at: change.stepStartedAt,
    paused_by: change.pausedBy,
    paused_at: change.pausedAt,
  };
  await ctx.db
    .updateTable("rollouts")
    .set({
      state: change.state,
      ...Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)),
      ...(isRolloutOpen(change.state) ? {} : { finished_at: ctx.clock.now() }),
    })
    .where("id", "=", id)
    .execute();
}
