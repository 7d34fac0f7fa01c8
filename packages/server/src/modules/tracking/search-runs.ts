import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import { findRunPlaces } from "./run-search/find-run-places.ts";
import type { RunPlace, RunSearch } from "./run-search/run-search.ts";
import { findRunsOf } from "./run-store.ts";
import type { TrackedRun } from "./tracked-run.ts";

export interface FoundRuns {
  readonly runs: readonly TrackedRun[];
  /** Where the last one stands; null where nothing comes after it. */
  readonly next: RunPlace | null;
}

/** A page of runs with all that they logged. Newest first where orders say no more. */
export async function searchRuns(ctx: Ctx, search: RunSearch): Promise<FoundRuns> {
  const places = await findRunPlaces(ctx, { ...search, limit: search.limit + 1 });
  const page = places.slice(0, search.limit);
  if (page.length === 0) return { runs: [], next: null };
  const ids = page.map(({ runId }) => runId);
  const runs = await findRunsOf(
    ctx,
    sql`select p.run_id, p.position from unnest(${ids}::text[]) with ordinality as p(run_id, position)`,
  );
  return { runs, next: places.length > search.limit ? (page.at(-1) ?? null) : null };
}
