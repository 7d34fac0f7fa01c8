import type { WindowCountsJson } from "@pave/contract/drift";
import { addCountsLists } from "@pave/contract/drift";
import { sql } from "kysely";
import { type Ctx, inTransaction } from "../../db/context.ts";
import {
  type ProfileWindow,
  profileSeconds,
  rolledUpProfileSeconds,
  rollUpProfilesAfterHours,
} from "./profile-windows.ts";

/** Adds counts to what is there, in one order, so that concurrent writers lock rows alike. */
export async function addProfileWindows(
  ctx: Ctx,
  windows: readonly ProfileWindow[],
  seconds = profileSeconds,
): Promise<void> {
  const merged = mergeProfileWindows(windows, seconds);
  // one by one: a profile of many columns has thousands of numbers
  for (const { deploymentId, releaseId, start, counts } of merged) {
    await ctx.db
      .insertInto("profile_windows")
      .values({
        deployment_id: deploymentId,
        release_id: releaseId,
        profile: counts.profile,
        start,
        seconds,
        rows: counts.rows,
        cells: [...counts.cells],
        sums: [...counts.sums],
        minima: numbers(counts.ranges.filter((_, at) => at % 2 === 0)),
        maxima: numbers(counts.ranges.filter((_, at) => at % 2 === 1)),
      })
      .onConflict((conflict) =>
        conflict.columns(["deployment_id", "release_id", "profile", "start"]).doUpdateSet({
          rows: sql`profile_windows.rows + excluded.rows`,
          cells: added("cells"),
          sums: added("sums"),
          minima: furthest("minima", "least"),
          maxima: furthest("maxima", "greatest"),
        }),
      )
      .execute();
  }
}

/** Null where a column had no number. */
const numbers = (values: readonly (number | null)[]) => sql<number[]>`${[...values]}::double precision[]`;

const added = (column: "cells" | "sums") =>
  sql<number[]>`(select array_agg(b.old + b.new order by b.position)
    from unnest(profile_windows.${sql.ref(column)}, excluded.${sql.ref(column)}) with ordinality as b(old, new, position))`;

/** `least` and `greatest` pass over null, which stands for no value. */
const furthest = (column: "minima" | "maxima", of: "least" | "greatest") =>
  sql<number[]>`(select array_agg(${sql.raw(of)}(b.old, b.new) order by b.position)
    from unnest(profile_windows.${sql.ref(column)}, excluded.${sql.ref(column)}) with ordinality as b(old, new, position))`;

function mergeProfileWindows(windows: readonly ProfileWindow[], seconds: number): ProfileWindow[] {
  const merged = new Map<string, ProfileWindow>();
  for (const window of windows) {
    const start = new Date(Math.floor(window.start.getTime() / (seconds * 1000)) * seconds * 1000);
    const key = [window.deploymentId, window.releaseId, window.counts.profile, start.toISOString()].join(" ");
    const before = merged.get(key);
    const [counts = window.counts] = before ? addCountsLists([before.counts], [window.counts]) : [];
    merged.set(key, { ...window, start, counts });
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, window]) => window);
}

export interface CountsKey {
  readonly deploymentId: string;
  readonly releaseId: string;
  readonly profile: string;
}

/** The counts of windows that began in this time, added up; undefined when there are none. */
export async function sumProfileWindows(
  ctx: Ctx,
  { releaseId, ...key }: CountsKey,
  from: Date,
  to: Date,
): Promise<WindowCountsJson | undefined> {
  return addAll(await listProfileWindows(ctx, { ...key, releaseIds: [releaseId] }, from, to));
}

/** One sum, by release id, for each time from one of these to the next, and from the last on; in one query. */
export async function sumProfileWindowsBetween(
  ctx: Ctx,
  key: Omit<CountsKey, "releaseId"> & { readonly releaseIds: readonly string[] },
  times: readonly [Date, ...Date[]],
  to: Date,
): Promise<Map<string, WindowCountsJson>[]> {
  const windows = await listProfileWindows(ctx, key, times[0], to);
  return times.map((from, index) => {
    const until = times[index + 1] ?? to;
    const during = windows.filter(({ start }) => start >= from && start < until);
    return new Map(
      key.releaseIds.flatMap((id) => {
        const sum = addAll(during.filter(({ releaseId }) => releaseId === id));
        return sum ? [[id, sum] as const] : [];
      }),
    );
  });
}

async function listProfileWindows(
  ctx: Ctx,
  key: Omit<CountsKey, "releaseId"> & { readonly releaseIds: readonly string[] },
  from: Date,
  to: Date,
): Promise<ProfileWindow[]> {
  const rows = await ctx.db
    .selectFrom("profile_windows")
    .select(["release_id", "start", "rows", "cells", "sums", "minima", "maxima"])
    .where("deployment_id", "=", key.deploymentId)
    .where("release_id", "in", key.releaseIds)
    .where("profile", "=", key.profile)
    .where("start", ">=", from)
    .where("start", "<", to)
    .orderBy("start")
    .execute();
  return rows.map((row) => ({
    deploymentId: key.deploymentId,
    releaseId: row.release_id,
    start: row.start,
    counts: toCounts(key.profile, row),
  }));
}

const addAll = (windows: readonly ProfileWindow[]): WindowCountsJson | undefined =>
  windows
    .map(({ counts }) => counts)
    .reduce<WindowCountsJson | undefined>((sum, next) => (sum ? addCountsLists([sum], [next])[0] : next), undefined);

/** How many rows were counted in windows that began in this time, without reading what they were. */
export async function countProfileRows(ctx: Ctx, key: CountsKey, from: Date, to: Date): Promise<number> {
  const { rows } = await ctx.db
    .selectFrom("profile_windows")
    .select((eb) => eb.fn.sum<number | null>("rows").as("rows"))
    .where("deployment_id", "=", key.deploymentId)
    .where("release_id", "=", key.releaseId)
    .where("profile", "=", key.profile)
    .where("start", ">=", from)
    .where("start", "<", to)
    .executeTakeFirstOrThrow();
  return Number(rows ?? 0);
}

interface CountsRow {
  readonly rows: number;
  readonly cells: readonly number[];
  readonly sums: readonly number[];
  readonly minima: readonly (number | null)[];
  readonly maxima: readonly (number | null)[];
}

const toCounts = (profile: string, { rows, cells, sums, minima, maxima }: CountsRow): WindowCountsJson => ({
  version: 1,
  profile,
  rows,
  cells: [...cells],
  sums: [...sums],
  ranges: minima.flatMap((value, at) => [value, maxima[at] ?? null]),
});

/** Windows that nothing looks at one by one any more become fewer, longer ones; what they count stays the same. */
export async function rollUpProfileWindows(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - rollUpProfilesAfterHours * 3_600_000);
  for (let isMore = true; isMore; ) {
    isMore = await inTransaction(ctx, async (ctx) => {
      const rows = await ctx.db
        .deleteFrom("profile_windows")
        .where(
          sql<boolean>`(deployment_id, release_id, profile, start) in (select deployment_id, release_id, profile, start
            from profile_windows where seconds < ${rolledUpProfileSeconds} and start < ${before}
            order by start limit ${rollUpBatch} for update skip locked)`,
        )
        .returning(["deployment_id", "release_id", "profile", "start", "rows", "cells", "sums", "minima", "maxima"])
        .execute();
      const windows = rows.map((row) => ({
        deploymentId: row.deployment_id,
        releaseId: row.release_id,
        start: row.start,
        counts: toCounts(row.profile, row),
      }));
      await addProfileWindows(ctx, windows, rolledUpProfileSeconds);
      return rows.length === rollUpBatch;
    });
  }
}

/** Few at a time: they are large. */
const rollUpBatch = 360;

/** As long as traffic itself is kept. */
export async function pruneProfileWindows(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - 30 * 24 * 3_600_000);
  await ctx.db.deleteFrom("profile_windows").where("start", "<", before).execute();
}
