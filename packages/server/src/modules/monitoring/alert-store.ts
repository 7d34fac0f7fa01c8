import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import type { AlertKind, FoundAlert } from "./found-alert.ts";

export interface AlertRow {
  readonly id: string;
  readonly number: number;
  readonly projectId: string;
  readonly project: string;
  readonly deploymentId: string;
  readonly environment: string;
  readonly deployment: string;
  readonly releaseId: string | null;
  readonly release: number | null;
  readonly model: string | null;
  readonly modelVersion: number | null;
  readonly kind: AlertKind;
  readonly severity: "page" | "ticket";
  readonly state: "open" | "acknowledged" | "resolved";
  readonly title: string;
  readonly reason: string;
  readonly fix: string;
  readonly details: unknown;
  readonly occurrences: number;
  readonly openedAt: Date;
  readonly seenAt: Date;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedById: string | null;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedByKind: string | null;
  readonly comment: string;
  readonly resolvedAt: Date | null;
  readonly resolution: string;
}

const selectAlerts = (ctx: Ctx) =>
  ctx.db
    .selectFrom("alerts as a")
    .innerJoin("deployments as d", "d.id", "a.deployment_id")
    .innerJoin("projects as j", "j.id", "a.project_id")
    .leftJoin("releases as r", "r.id", "a.release_id")
    .leftJoin("principals as p", "p.id", "a.acknowledged_by")
    .select([
      "a.id",
      "a.number",
      "a.project_id as projectId",
      "j.name as project",
      "a.deployment_id as deploymentId",
      "d.environment",
      "d.name as deployment",
      "a.release_id as releaseId",
      "r.number as release",
      "r.model",
      "r.model_version as modelVersion",
      "a.kind",
      "a.severity",
      "a.state",
      "a.title",
      "a.reason",
      "a.fix",
      "a.details",
      "a.occurrences",
      "a.opened_at as openedAt",
      "a.seen_at as seenAt",
      "a.acknowledged_at as acknowledgedAt",
      "a.acknowledged_by as acknowledgedById",
      "p.name as acknowledgedBy",
      "p.kind as acknowledgedByKind",
      "a.comment",
      "a.resolved_at as resolvedAt",
      "a.resolution",
    ]);

/** The newest first. */
export async function listAlerts(
  ctx: Ctx,
  filter: { projectId?: string; deploymentId?: string; isUnresolved?: boolean; limit?: number },
): Promise<AlertRow[]> {
  let query = selectAlerts(ctx);
  if (filter.projectId) query = query.where("a.project_id", "=", filter.projectId);
  if (filter.deploymentId) query = query.where("a.deployment_id", "=", filter.deploymentId);
  if (filter.isUnresolved) query = query.where("a.state", "<>", "resolved");
  return (await query
    .orderBy("a.opened_at", "desc")
    .orderBy("a.number", "desc")
    .limit(filter.limit ?? 100)
    .execute()) as AlertRow[];
}

export async function findAlert(
  ctx: Ctx,
  key: { id: string } | { projectId: string; number: number },
): Promise<AlertRow | undefined> {
  const query =
    "id" in key
      ? selectAlerts(ctx).where("a.id", "=", key.id)
      : selectAlerts(ctx).where("a.project_id", "=", key.projectId).where("a.number", "=", key.number);
  return (await query.executeTakeFirst()) as AlertRow | undefined;
}

/**
 * In a transaction. The alert's id, and whether somebody is to hear of it: what alerts already is only seen again, unless
 * it was a ticket and pages now, which is open anew for whoever had looked. While it lasts it does not become less.
 */
export async function putAlert(
  ctx: Ctx,
  place: { readonly projectId: string; readonly deploymentId: string; readonly releaseId: string },
  found: FoundAlert,
): Promise<{ readonly id: string; readonly isNews: boolean }> {
  const now = ctx.clock.now();
  // one number after the other in a project, whoever else finds something there
  await sql`select pg_advisory_xact_lock(hashtext('alerts'), hashtext(${place.projectId}))`.execute(ctx.db);
  const { kind, severity, title, reason, fix } = found;
  const key = keyOf(place.deploymentId, kind);
  const before = await ctx.db
    .selectFrom("alerts")
    .select("severity")
    .where("key", "=", key)
    .where("state", "<>", "resolved")
    .executeTakeFirst();
  const isRaised = before?.severity === "ticket" && severity === "page";
  const id = newId();
  const row = await ctx.db
    .insertInto("alerts")
    .values({
      id,
      project_id: place.projectId,
      number: sql<number>`(select coalesce(max(number), 0) + 1 from alerts where project_id = ${place.projectId})`,
      deployment_id: place.deploymentId,
      release_id: place.releaseId,
      key,
      state: "open",
      ...{ kind, severity, title, reason, fix },
      details: json(found.details),
      opened_at: now,
      seen_at: now,
    })
    .onConflict((conflict) =>
      conflict
        .column("key")
        .where("state", "<>", "resolved")
        .doUpdateSet({
          ...{ title, reason, fix },
          ...(isRaised
            ? { severity, state: "open" as const, acknowledged_at: null, acknowledged_by: null, comment: "" }
            : {}),
          details: json(found.details),
          seen_at: now,
          occurrences: sql`alerts.occurrences + 1`,
        }),
    )
    .returning("id")
    .executeTakeFirstOrThrow();
  return { id: row.id, isNews: isRaised || row.id === id };
}

const keyOf = (deploymentId: string, kind: AlertKind) => `${deploymentId}/${kind}`;

/** True when it was open. */
export async function setAcknowledged(ctx: Ctx, id: string, comment: string): Promise<boolean> {
  const row = await ctx.db
    .updateTable("alerts")
    .set({
      state: "acknowledged",
      acknowledged_at: ctx.clock.now(),
      acknowledged_by: ctx.actor.principalId,
      comment,
    })
    .where("id", "=", id)
    .where("state", "=", "open")
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Ids of those that were not resolved yet. */
export async function setResolved(
  ctx: Ctx,
  deploymentId: string,
  kinds: readonly AlertKind[],
  resolution: string,
): Promise<string[]> {
  if (kinds.length === 0) return [];
  const rows = await ctx.db
    .updateTable("alerts")
    .set({ state: "resolved", resolved_at: ctx.clock.now(), resolution })
    .where("deployment_id", "=", deploymentId)
    .where("kind", "in", [...kinds])
    .where("state", "<>", "resolved")
    .returning("id")
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * How many were forgotten, at most so many, with what was told of them. The last of a project stays: the next one's
 * number comes after it, and no number is ever given twice.
 */
export async function deleteResolvedBefore(ctx: Ctx, time: Date, limit: number): Promise<number> {
  const { rows } = await sql`
    delete from alerts where id in (
      select a.id from alerts a
      where a.state = 'resolved' and a.resolved_at < ${time}
        and exists (select from alerts b where b.project_id = a.project_id and b.number > a.number)
      order by a.resolved_at limit ${limit} for update of a skip locked)
    returning id`.execute(ctx.db);
  return rows.length;
}

export async function countUnresolved(ctx: Ctx, deploymentIds: readonly string[]): Promise<Map<string, number>> {
  if (deploymentIds.length === 0) return new Map();
  const rows = await ctx.db
    .selectFrom("alerts")
    .select((eb) => ["deployment_id as id", eb.fn.countAll<number>().as("count")])
    .where("deployment_id", "in", [...deploymentIds])
    .where("state", "<>", "resolved")
    .groupBy("deployment_id")
    .execute();
  return new Map(rows.map(({ id, count }) => [id, Number(count)]));
}
