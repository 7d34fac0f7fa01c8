import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import { findRunPlaces } from "./run-search/find-run-places.ts";
import type { RunSearch } from "./run-search/run-search.ts";
import { findRunsOf } from "./run-store.ts";
import type { TrackedRun } from "./tracked-run.ts";

/** A page of runs with all that they logged. Newest first where orders say no more. */
export async function searchRuns(ctx: Ctx, search: RunSearch): Promise<TrackedRun[]> {
  const places = await findRunPlaces(ctx, search);
  return readRuns(
    ctx,
    places.map(({ runId }) => runId),
  );
}

/** Runs by their ids, in that order. */
const readRuns = async (ctx: Ctx, ids: readonly string[]): Promise<TrackedRun[]> =>
  ids.length === 0
    ? []
    : findRunsOf(
        ctx,
        sql`select p.run_id, p.position from unnest(${[...ids]}::text[]) with ordinality as p(run_id, position)`,
      );
