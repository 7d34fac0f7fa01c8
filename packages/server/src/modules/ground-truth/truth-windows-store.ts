import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import type { TruthChange } from "./truth-changes.ts";

/** Adds sums to what is there. Sorted by the caller. */
export async function addTruthWindows(ctx: Ctx, changes: readonly TruthChange[]): Promise<void> {
  for (const change of changes)
    await sql`
      insert into truth_windows as w
        (deployment_id, span, start, release_id, seen, logged, settled, labelled, sums, cells, ages)
      values (${change.deploymentId}, ${change.span}, ${change.start}, ${change.releaseId}, ${change.seen}, ${change.logged},
        ${change.settled}, ${change.labelled}, ${change.truth.sums}::double precision[], ${change.truth.cells}::bigint[],
        ${change.ages}::bigint[])
      on conflict (deployment_id, span, start, release_id) do update set
        seen = w.seen + excluded.seen, logged = w.logged + excluded.logged,
        settled = w.settled + excluded.settled, labelled = w.labelled + excluded.labelled,
        sums = ${added("sums")}, cells = ${added("cells")}, ages = ${added("ages")}`.execute(ctx.db);
}

const added = (column: "sums" | "cells" | "ages") => {
  const [mine, other] = [sql.ref(`w.${column}`), sql.ref(`excluded.${column}`)];
  return sql`case when cardinality(${other}) = 0 then ${mine} else (
    select array_agg(coalesce(b.mine, 0) + coalesce(b.other, 0) order by b.position)
    from unnest(${mine}, ${other}) with ordinality as b (mine, other, position)) end`;
};

type Row = Omit<TruthChange, "truth"> & { readonly sums: number[]; readonly cells: number[] };

const toChange = ({ sums, cells, ...row }: Row): TruthChange => ({ ...row, truth: { sums, cells } });

export interface WindowsFilter {
  readonly deploymentId: string;
  readonly span: "hour" | "day";
  readonly from: Date;
  readonly to: Date;
  readonly releaseId?: string | undefined;
}

/** Everything of a deployment from (inclusive) to (exclusive), in order. */
export async function listTruthWindows(ctx: Ctx, filter: WindowsFilter): Promise<readonly TruthChange[]> {
  const ofRelease = filter.releaseId === undefined ? sql`` : sql`and w.release_id = ${filter.releaseId}`;
  const { rows } = await sql<Row>`
    select w.deployment_id as "deploymentId", w.release_id as "releaseId", w.span, w.start, w.seen, w.logged, w.settled,
      w.labelled, w.sums, w.cells, w.ages
    from truth_windows w
    where w.deployment_id = ${filter.deploymentId} and w.span = ${filter.span} and w.start >= ${filter.from}
      and w.start < ${filter.to} ${ofRelease}
    order by w.start, w.release_id`.execute(ctx.db);
  return rows.map(toChange);
}

/** When the newest windows of that length begin that have a label, the newest first: weeks of the past count as well. */
export async function newestStarts(
  ctx: Ctx,
  deploymentId: string,
  by: "hour" | "day" | "week",
  limit: number,
): Promise<readonly Date[]> {
  const { rows } = await sql<{ start: Date }>`
    select distinct date_trunc(${by}, w.start, 'UTC') as start from truth_windows w
    where w.deployment_id = ${deploymentId} and w.span = ${by === "hour" ? "hour" : "day"} and w.labelled > 0
    order by 1 desc limit ${limit}`.execute(ctx.db);
  return rows.map(({ start }) => start);
}

/** Since then, over all releases, without what only charts need. */
export async function sumLogged(
  ctx: Ctx,
  deploymentId: string,
  since: Date,
): Promise<{ readonly seen: number; readonly logged: number }> {
  const { rows } = await sql<{ seen: number | null; logged: number | null }>`
    select sum(w.seen) as seen, sum(w.logged) as logged from truth_windows w
    where w.deployment_id = ${deploymentId} and w.span = 'day' and w.start >= ${since}`.execute(ctx.db);
  return { seen: rows[0]?.seen ?? 0, logged: rows[0]?.logged ?? 0 };
}

/** Sums that nothing has been predicted or labelled for since then: hours are for looking closely at the last weeks. */
export async function pruneHours(ctx: Ctx, before: Date): Promise<void> {
  await sql`delete from truth_windows where span = 'hour' and start < ${before} and labelled = 0`.execute(ctx.db);
}
