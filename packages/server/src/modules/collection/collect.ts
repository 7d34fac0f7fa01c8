/**
 * A collection goes through its phases in order, a batch after the other, and writes down where it is:
 *
 *   outlived → models → runs → points → experiments → versions → imports → marks → bytes → store → done
 *
 * Rows go before bytes: what nothing names any more is known only then. Every batch asks its conditions again, so it may be
 * killed anywhere and goes on with the phase that it was at; the time of its start stays its own, so that what was
 * touched since is left alone however late it goes on.
 */
import type { Collection, CollectionRemoved } from "@pave/contract";
import { sql } from "kysely";
import { type Ctx, inTransaction } from "../../db/context.ts";
import type { Artifacts } from "../artifacts/index.ts";
import { countKept, countRemovable } from "./find-removable.ts";
import { markBlobs } from "./mark-blobs.ts";
import type { Rules } from "./removable.ts";
import {
  deleteOutlived,
  type RemoveBatch,
  removeArtifacts,
  removeExperiments,
  removeImportFiles,
  removeModels,
  removePoints,
  removeRuns,
} from "./remove-tracked.ts";
import { countUnnamed, sweepBatch } from "./sweep-blobs.ts";

export type CollectionArtifacts = Pick<Artifacts, "readBlob" | "prune">;

export const nothingRemoved: CollectionRemoved = {
  ...{ outlivedRuns: 0, runs: 0, loggedModels: 0, experiments: 0, versions: 0 },
  ...{ blobs: 0, bytes: 0, uploads: 0 },
};

/** What can go, without touching any of it. */
export async function look(ctx: Ctx, artifacts: CollectionArtifacts, rules: Rules) {
  const [projects, kept] = await inTransaction(ctx, async (ctx) => {
    await sql`set local statement_timeout = 0`.execute(ctx.db);
    return [await countRemovable(ctx, rules), await countKept(ctx, rules)];
  });
  await markBlobs(ctx, artifacts, rules);
  return { projects, kept, ...(await countUnnamed(ctx, rules)) };
}

export interface Step {
  readonly phase: Phase | "done";
  readonly removed: CollectionRemoved;
  /** There is nothing to do for a while: something else is at work. */
  readonly waits?: string;
}

type Phase = (typeof phases)[number];
const phases = [
  ...["outlived", "models", "runs", "points", "experiments", "versions", "imports", "marks", "bytes", "store"],
] as const;

/** Phases that remove rows, with what counts them. */
const rowPhases: Partial<Record<Phase, readonly [RemoveBatch, keyof CollectionRemoved | null]>> = {
  outlived: [deleteOutlived, "outlivedRuns"],
  models: [removeModels, "loggedModels"],
  runs: [removeRuns, "runs"],
  points: [removePoints, null],
  experiments: [removeExperiments, "experiments"],
  versions: [removeArtifacts, "versions"],
  imports: [removeImportFiles, null],
};

/** One batch of the phase that a collection is at. */
export async function step(
  ctx: Ctx,
  artifacts: CollectionArtifacts,
  rules: Rules,
  { progress, removed: before }: Pick<Collection, "progress" | "removed">,
): Promise<Step> {
  const phase = phases.find((one) => one === progress) ?? "outlived";
  const removed = before ?? nothingRemoved;
  const next = phases[phases.indexOf(phase) + 1] ?? "done";
  const rows = rowPhases[phase];
  if (rows) {
    const [remove, counted] = rows;
    const count = await remove(ctx, rules);
    if (count === 0) return { phase: next, removed };
    return { phase, removed: counted === null ? removed : { ...removed, [counted]: removed[counted] + count } };
  }
  if (phase === "marks") {
    await markBlobs(ctx, artifacts, null);
    return { phase: next, removed };
  }
  if (phase === "bytes") {
    const swept = await sweepBatch(ctx, rules);
    if (swept === "not marked") return { phase: "marks", removed };
    if (swept === "a backup is being made") return { phase, removed, waits: swept };
    const { blobs, bytes } = swept;
    if (blobs === 0) return { phase: next, removed };
    return { phase, removed: { ...removed, blobs: removed.blobs + blobs, bytes: removed.bytes + bytes } };
  }
  const { writes, uploads } = await artifacts.prune(ctx);
  return { phase: writes === 0 ? "done" : phase, removed: { ...removed, uploads: removed.uploads + uploads } };
}
