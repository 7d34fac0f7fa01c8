import { genesisHash, type SealedContent } from "@pave/contract/ledger";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

/** The columns of an event that are hashed, in the names of `SealedContent`. */
const contentColumns = [
  "e.id as id",
  "e.time as time",
  "e.type as type",
  "e.principal_id as principalId",
  "e.principal_kind as principalKind",
  "e.principal_name as principalName",
  "e.actor_kind as actorKind",
  "e.team_id as teamId",
  "e.project_id as projectId",
  "e.template as template",
  "e.revision_id as revisionId",
  "e.subject_type as subjectType",
  "e.subject_id as subjectId",
  "e.cause_id as causeId",
  "e.correlation_id as correlationId",
  "e.plan_hash as planHash",
  "e.result as result",
  "e.data as data",
] as const;

type Row = Omit<SealedContent, "time"> & { readonly time: Date };

const toContent = <R extends Row>(row: R): SealedContent => ({
  id: row.id,
  time: row.time.toISOString(),
  type: row.type,
  principalId: row.principalId,
  principalKind: row.principalKind,
  principalName: row.principalName,
  actorKind: row.actorKind,
  teamId: row.teamId,
  projectId: row.projectId,
  template: row.template,
  revisionId: row.revisionId,
  subjectType: row.subjectType,
  subjectId: row.subjectId,
  causeId: row.causeId,
  correlationId: row.correlationId,
  planHash: row.planHash,
  result: row.result,
  data: row.data,
});

/**
 * Committed events that no transaction still running can come before: `xid` below the oldest one in progress. In
 * order of `xid`, then of insertion. A row that is visible with an `xid` of the future came with a restored dump: its
 * transaction is long over, and its number bounds nothing here.
 */
export async function unsealedEvents(ctx: Ctx, limit: number): Promise<SealedContent[]> {
  const rows = await ctx.db
    .selectFrom("ledger_events as e")
    .leftJoin("ledger_seals as s", "s.event_id", "e.id")
    .select(contentColumns)
    .where("s.event_id", "is", null)
    .where(
      sql<boolean>`e.xid >= coalesce((select xid from ledger_events where id = (select event_id from ledger_seals order by position desc limit 1) and xid < pg_snapshot_xmax(pg_current_snapshot())), '0'::xid8)`,
    )
    .where(
      sql<boolean>`(e.xid < pg_snapshot_xmin(pg_current_snapshot()) or e.xid >= pg_snapshot_xmax(pg_current_snapshot()))`,
    )
    .orderBy("e.xid")
    .orderBy("e.seq")
    .limit(limit)
    .execute();
  return rows.map(toContent);
}

export async function chainHead(ctx: Ctx): Promise<{ position: number; hash: string }> {
  const row = await ctx.db
    .selectFrom("ledger_seals")
    .select(["position", "hash"])
    .orderBy("position", "desc")
    .limit(1)
    .executeTakeFirst();
  return row ?? { position: 0, hash: genesisHash };
}

export async function insertSeals(
  ctx: Ctx,
  seals: readonly { position: number; event_id: string; previous_hash: string; hash: string }[],
): Promise<void> {
  await ctx.db
    .insertInto("ledger_seals")
    .values([...seals])
    .execute();
}

export async function lastCheckpoint(ctx: Ctx) {
  return ctx.db
    .selectFrom("ledger_checkpoints")
    .select(["position", "hash", "time", "key_id as keyId", "signature"])
    .orderBy("position", "desc")
    .limit(1)
    .executeTakeFirst();
}

export async function insertCheckpoint(
  ctx: Ctx,
  row: { position: number; hash: string; time: Date; key_id: string; signature: string },
): Promise<void> {
  await ctx.db
    .insertInto("ledger_checkpoints")
    .values(row)
    .onConflict((c) => c.column("position").doNothing())
    .execute();
}

export async function checkpointsUpTo(ctx: Ctx, position: number) {
  return ctx.db
    .selectFrom("ledger_checkpoints")
    .select(["position", "hash", "time", "key_id as keyId", "signature"])
    .where("position", "<=", position)
    .orderBy("position")
    .execute();
}

/** A page of the sealed chain, in order. */
export async function sealedEvents(
  ctx: Ctx,
  range: { readonly after: number; readonly upTo: number; readonly limit: number },
): Promise<{ position: number; hash: string; event: SealedContent }[]> {
  const rows = await ctx.db
    .selectFrom("ledger_seals as s")
    .innerJoin("ledger_events as e", "e.id", "s.event_id")
    .select([...contentColumns, "s.position as position", "s.hash as hash"])
    .where("s.position", ">", range.after)
    .where("s.position", "<=", range.upTo)
    .orderBy("s.position")
    .limit(range.limit)
    .execute();
  return rows.map((row) => ({ position: row.position, hash: row.hash, event: toContent(row) }));
}

export interface EventFilter {
  readonly projectIds: readonly string[] | "all";
  /** Events that belong to no project: who may sign in, what the environments ask for. */
  readonly platform: boolean;
  readonly subjectId?: string | undefined;
  readonly principalId?: string | undefined;
  /** What the type begins with. */
  readonly type?: string | undefined;
  /** Types that are left out. */
  readonly without?: readonly string[] | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Newest first. What is neither of these projects nor, where asked for, of the platform is left out. */
export async function listEvents(ctx: Ctx, filter: EventFilter) {
  const rows = await eventsQuery(ctx, filter, await placesOf(ctx, filter)).execute();
  return rows.map((row) => ({
    seq: row.seq,
    position: row.position,
    hash: row.hash,
    projectName: row.projectName,
    event: toContent(row),
  }));
}

/** Where the events of some time stand: after the one place, before the other. */
interface Places {
  readonly after: number | undefined;
  readonly before: number | undefined;
}

/**
 * Events are listed in the order they were written, and looked for by their time: where these of some time lie saves
 * walking over all others. An event is written within seconds of its time, on clocks that are not a day wrong.
 */
export async function placesOf(ctx: Ctx, { from, to }: Pick<EventFilter, "from" | "to">): Promise<Places> {
  const dayMs = 24 * 3_600_000;
  const events = ctx.db.selectFrom("ledger_events").select("seq").limit(1);
  const [last, next] = await Promise.all([
    from &&
      events
        .where("time", "<", new Date(from.getTime() - dayMs))
        .orderBy("time", "desc")
        .executeTakeFirst(),
    to &&
      events
        .where("time", ">=", new Date(to.getTime() + dayMs))
        .orderBy("time")
        .executeTakeFirst(),
  ]);
  return { after: last?.seq, before: next?.seq };
}

export function eventsQuery(ctx: Ctx, filter: EventFilter, places: Places) {
  let query = ctx.db
    .selectFrom("ledger_events as e")
    .leftJoin("ledger_seals as s", "s.event_id", "e.id")
    .leftJoin("projects as p", "p.id", "e.project_id")
    .select([...contentColumns, "e.seq as seq", "s.position as position", "s.hash as hash", "p.name as projectName"]);
  const { projectIds, platform } = filter;
  if (projectIds !== "all")
    query = query.where((eb) =>
      eb.or([
        ...(projectIds.length > 0 ? [eb("e.project_id", "in", [...projectIds])] : []),
        ...(platform ? [eb("e.project_id", "is", null)] : []),
      ]),
    );
  else if (!platform) query = query.where("e.project_id", "is not", null);
  if (filter.subjectId) query = query.where("e.subject_id", "=", filter.subjectId);
  if (filter.principalId) query = query.where("e.principal_id", "=", filter.principalId);
  if (filter.type) query = query.where(sql<boolean>`starts_with(e.type collate "C", ${filter.type})`);
  if (filter.without && filter.without.length > 0) query = query.where("e.type", "not in", [...filter.without]);
  if (filter.from) query = query.where("e.time", ">=", filter.from);
  if (filter.to) query = query.where("e.time", "<", filter.to);
  if (places.after !== undefined) query = query.where("e.seq", ">", places.after);
  if (places.before !== undefined) query = query.where("e.seq", "<", places.before);
  if (filter.before !== undefined) query = query.where("e.seq", "<", filter.before);
  return query.orderBy("e.seq", "desc").limit(filter.limit);
}

/** Was this told, because of that cause? For effects that commit with their event and must not come twice. */
export async function hasEvent(
  ctx: Ctx,
  event: { readonly type: string; readonly subjectType: string; readonly subjectId: string; readonly causeId: string },
): Promise<boolean> {
  const row = await ctx.db
    .selectFrom("ledger_events")
    .select("id")
    .where("subject_type", "=", event.subjectType)
    .where("subject_id", "=", event.subjectId)
    .where("type", "=", event.type)
    .where("cause_id", "=", event.causeId)
    .executeTakeFirst();
  return row !== undefined;
}

export async function ledgerCounts(ctx: Ctx): Promise<{ events: number; sealed: number }> {
  const row = await ctx.db
    .selectNoFrom((eb) => [
      eb
        .selectFrom("ledger_events")
        .select((e) => e.fn.countAll<number>().as("n"))
        .as("events"),
      eb
        .selectFrom("ledger_seals")
        .select((e) => e.fn.max("position").as("n"))
        .as("sealed"),
    ])
    .executeTakeFirstOrThrow();
  return { events: Number(row.events ?? 0), sealed: Number(row.sealed ?? 0) };
}
