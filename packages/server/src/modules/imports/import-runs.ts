import type { finishRunsBody, ImportKind, importPointsBody, importRunsBody } from "@pave/contract";
import type { z } from "zod";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import {
  findExperiments,
  projectsOfRuns,
  putImportedRuns,
  putPoints,
  showImportedRuns,
  trackingNotFound,
} from "../tracking/index.ts";
import { findItems, forgetItems, putItems } from "./imported-items-store.ts";
import type { ImportRow } from "./imports-store.ts";
import { originTags } from "./open-import.ts";

/** Begins runs that are new or came by an import before. Ids that something else has here stay out, with the reason. */
export async function importRuns(
  ctx: Ctx,
  row: ImportRow,
  runs: z.output<typeof importRunsBody>["runs"],
): Promise<{ runId: string; reason: string }[]> {
  return inTransaction(ctx, async (ctx) => {
    await assertExperiments(ctx, row, [...new Set(runs.map(({ experimentId }) => experimentId))]);
    const ids = runs.map(({ runId }) => runId);
    const [places, items] = [await projectsOfRuns(ctx, ids), await findItems(ctx, row.projectId, "run", ids)];
    const reasonOf = (runId: string): string | undefined => {
      const place = places.get(runId);
      if (place === undefined || (place === row.projectId && items.has(runId))) return undefined;
      return place === row.projectId
        ? "the project has a run of this id that was not copied in"
        : "a run of this id is on this platform already, and not in this project";
    };
    const taken = runs.filter(({ runId }) => reasonOf(runId) === undefined);
    const tags = originTags(ctx, row);
    const gone = taken.flatMap(({ runId }) => (places.has(runId) ? [] : [runId]));
    if (gone.length > 0) await forgetItems(ctx, row.projectId, "run", gone);
    if (taken.length > 0) {
      await putImportedRuns(
        ctx,
        taken.map((run) => ({ ...run, tags: { ...run.tags, ...tags } })),
      );
      await assertOurs(
        ctx,
        row,
        taken.map(({ runId }) => runId),
      );
      await putItems(
        ctx,
        row,
        "run",
        "begun",
        taken.map(({ runId }) => ({ key: runId })),
      );
      // what is seen already is written anew, in the name of whoever the source names
      const changed = taken
        .filter(({ runId }) => places.has(runId) && items.get(runId)?.state === "finished")
        .map(({ runId }) => runId);
      if (changed.length > 0) await tell(ctx, row, "import.runs-changed", changed);
    }
    return ids.flatMap((runId) => {
      const reason = reasonOf(runId);
      return reason === undefined ? [] : [{ runId, reason }];
    });
  });
}

/** Now that the rows are ours to change: another project may have brought one of these ids since we looked. */
async function assertOurs(ctx: Ctx, row: ImportRow, runIds: readonly string[]): Promise<void> {
  const places = await projectsOfRuns(ctx, runIds);
  const other = runIds.find((runId) => places.get(runId) !== row.projectId);
  if (other === undefined) return;
  throw new PaveError("tracking.exists", `Run ${other} came to another project of this platform at the same moment`, {
    fix: "Send it again: the answer says then why it stays out",
  });
}

export async function assertExperiments(ctx: Ctx, row: ImportRow, ids: readonly number[]): Promise<void> {
  const here = (await findExperiments(ctx, ids)).filter(({ projectId }) => projectId === row.projectId);
  const missing = ids.find((id) => !here.some((experiment) => experiment.id === id));
  if (missing !== undefined) throw trackingNotFound(`experiment ${missing} in the import's project`);
}

const largest = Number.MAX_VALUE;
/** Infinite values become the largest finite ones, as in MLflow's own store. */
export const finite = (value: number | string): number => Math.max(-largest, Math.min(largest, Number(value)));

export async function importPoints(
  ctx: Ctx,
  row: ImportRow,
  { series }: z.output<typeof importPointsBody>,
): Promise<void> {
  await assertItems(ctx, row, "run", [...new Set(series.map(({ runId }) => runId))]);
  await putPoints(
    ctx,
    series.map((one) => ({ ...one, values: one.values.map(finite) })),
  );
}

/** Throws unless an import has begun each of them in this project. */
export async function assertItems(ctx: Ctx, row: ImportRow, kind: ImportKind, keys: readonly string[]): Promise<void> {
  const items = await findItems(ctx, row.projectId, kind, keys);
  const missing = keys.find((key) => !items.has(key));
  if (missing === undefined) return;
  throw new PaveError("request.invalid", `The ${kind} ${missing} was not begun by an import of this project`, {
    fix: "Send its record first",
  });
}

/** From here on runs are seen; who brought which from where is a fact in the ledger. */
export async function finishRuns(
  ctx: Ctx,
  row: ImportRow,
  runs: z.output<typeof finishRunsBody>["runs"],
): Promise<string[]> {
  const ids = runs.map(({ runId }) => runId);
  return inTransaction(ctx, async (ctx) => {
    const items = await findItems(ctx, row.projectId, "run", ids);
    const open = ids.find((id) => (items.get(id)?.state ?? "begun") === "begun");
    if (open !== undefined)
      throw new PaveError("request.invalid", `The points and files of run ${open} are not said to be all here`, {
        fix: "Copy them, and say so first",
      });
    const unlinked = await showImportedRuns(ctx, row.projectId, runs);
    const shown = ids.filter((id) => items.get(id)?.state !== "finished");
    await putItems(
      ctx,
      row,
      "run",
      "finished",
      ids.map((key) => ({ key })),
    );
    if (shown.length > 0) await tell(ctx, row, "import.runs-copied", shown);
    return unlinked;
  });
}

const tell = (ctx: Ctx, row: ImportRow, type: string, runs: readonly string[]): Promise<unknown> =>
  recordEvent(ctx, {
    type,
    subjectType: "import",
    subjectId: row.id,
    projectId: row.projectId,
    data: { source: row.source, count: runs.length, runs },
  });
