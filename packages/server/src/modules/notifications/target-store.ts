import type { TargetKind } from "@pave/contract";
import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import type { Sealed } from "../secrets/index.ts";

/** What may be shown of a target. */
export interface TargetSettings {
  /** Where it leads: a host, or addresses. */
  readonly place: string;
  readonly mail?: {
    readonly host: string;
    readonly port: number;
    readonly security: "starttls" | "tls" | "none";
    readonly user: string | null;
    readonly from: string;
    readonly to: readonly string[];
  };
}

/** What is sealed of it. */
export interface TargetSecret {
  readonly url?: string;
  readonly signingSecret?: string;
  readonly password?: string;
}

export interface TargetRow {
  readonly id: string;
  readonly teamId: string | null;
  readonly team: string | null;
  readonly name: string;
  readonly kind: TargetKind;
  readonly settings: TargetSettings;
  readonly secret: Sealed | null;
  readonly forPeople: boolean;
  readonly createdAt: Date;
  readonly createdById: string;
  readonly createdBy: string;
  readonly removedAt: Date | null;
}

const targets = (ctx: Ctx) =>
  ctx.db
    .selectFrom("notification_targets as t")
    .innerJoin("principals as c", "c.id", "t.created_by")
    .leftJoin("principals as g", "g.id", "t.team_id")
    .select([
      "t.id as id",
      "t.team_id as teamId",
      "g.name as team",
      "t.name as name",
      "t.kind as kind",
      "t.settings as settings",
      "t.secret as secret",
      "t.for_people as forPeople",
      "t.created_at as createdAt",
      "t.created_by as createdById",
      "c.name as createdBy",
      "t.removed_at as removedAt",
    ]);

/** More than that no team and no platform has. */
const mostTargets = 200;

/** Those of these teams and, where asked for, of the platform, or all of them; without what was removed. */
export async function listTargets(
  ctx: Ctx,
  scope: "all" | { readonly teamIds: readonly string[] },
): Promise<TargetRow[]> {
  let query = targets(ctx).where("t.removed_at", "is", null);
  if (scope !== "all") query = query.where("t.team_id", "in", [...scope.teamIds, ""]);
  return (await query.orderBy("t.name").orderBy("t.id").limit(mostTargets).execute()) as TargetRow[];
}

/** Removed ones too: what still has to be sent there is told why it was not. */
export async function findTarget(ctx: Ctx, id: string): Promise<TargetRow | undefined> {
  return (await targets(ctx).where("t.id", "=", id).executeTakeFirst()) as TargetRow | undefined;
}

/** The one that carries mail to single people. */
export async function findPeopleTarget(ctx: Ctx): Promise<{ readonly id: string } | undefined> {
  return ctx.db
    .selectFrom("notification_targets")
    .select("id")
    .where("for_people", "=", true)
    .where("removed_at", "is", null)
    .executeTakeFirst();
}

export interface NewTarget {
  readonly id: string;
  readonly teamId: string | null;
  readonly name: string;
  readonly kind: TargetKind;
  readonly settings: TargetSettings;
  readonly secret: Sealed;
  readonly forPeople: boolean;
}

/** False where the name is taken, or where another carries the mail to people already. */
export async function insertTarget(ctx: Ctx, target: NewTarget): Promise<boolean> {
  const row = await ctx.db
    .insertInto("notification_targets")
    .values({
      id: target.id,
      team_id: target.teamId,
      name: target.name,
      kind: target.kind,
      settings: json(target.settings),
      secret: json(target.secret),
      for_people: target.forPeople,
      created_at: ctx.clock.now(),
      created_by: ctx.actor.principalId,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** With its routes and its secret; what it was to be sent is given up. */
export async function removeTarget(ctx: Ctx, id: string): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.deleteFrom("notification_routes").where("target_id", "=", id).execute();
  await ctx.db
    .updateTable("notification_deliveries")
    .set({ state: "failed", last_error: "the target was removed" })
    .where("target_id", "=", id)
    .where("state", "=", "waiting")
    .execute();
  await ctx.db
    .updateTable("notification_targets")
    .set({ removed_at: now, secret: null, for_people: false })
    .where("id", "=", id)
    .execute();
}

export interface TargetState {
  readonly id: string;
  readonly waiting: number;
  readonly last: {
    readonly at: Date;
    readonly state: "waiting" | "delivered" | "failed";
    readonly error: string | null;
  } | null;
}

/** How each stands: what it was sent last, and how much waits, counted to a thousand. */
export async function targetStates(ctx: Ctx, ids: readonly string[]): Promise<Map<string, TargetState>> {
  const { rows } = await sql<{
    id: string;
    waiting: string;
    at: Date | null;
    state: "waiting" | "delivered" | "failed" | null;
    error: string | null;
  }>`
    select t.id, w.waiting, l.at, l.state, l.error
    from unnest(${[...ids]}::text[]) as t(id)
    cross join lateral (
      select count(*) as waiting from (
        select from notification_deliveries d where d.target_id = t.id and d.state = 'waiting' limit 1000) c) w
    left join lateral (
      select coalesce(d.delivered_at, d.created_at) as at, d.state, d.last_error as error
      from notification_deliveries d where d.target_id = t.id and d.attempts > 0
      order by d.id desc limit 1) l on true`.execute(ctx.db);
  return new Map(
    rows.map(({ id, waiting, at, state, error }) => [
      id,
      { id, waiting: Number(waiting), last: at && state ? { at, state, error } : null },
    ]),
  );
}
