import { atOnce, chunks, chunksBySize } from "./at-once.ts";
import { type CopyContext, isWhole } from "./copy-context.ts";
import { copyFiles } from "./copy-files.ts";
import { copyPoints } from "./copy-points.ts";
import { type FilePlace, localFolder, localPlace, proxiedPlace, proxiedRoot, runPlace } from "./file-places.ts";
import { runPages } from "./read-source.ts";
import { recordDigest } from "./record-digest.ts";
import type { RunRecord } from "./source-records.ts";
import { linksOf, toRun } from "./to-run.ts";

/** A run of which all but the models is here. */
export interface CopiedRun {
  readonly runId: string;
  readonly isDeleted: boolean;
  readonly models: ReturnType<typeof linksOf>;
  /** It was here whole before: it is shown, and has the models that it has. */
  readonly wasWhole: boolean;
}

const atATime = 100;
const runsAtOnce = 4;
const bytesAtOnce = 2 ** 23;

/** Copies the runs of an experiment, a hundred at a time: what a kill leaves behind is done again from there. */
export async function copyRuns(
  context: CopyContext,
  experiment: { readonly sourceId: string; readonly id: number },
): Promise<CopiedRun[]> {
  const copied: CopiedRun[] = [];
  for await (const page of runPages(context.source, experiment.sourceId))
    for (const part of chunks(page, atATime)) copied.push(...(await copyPart(context, experiment.id, part)));
  return copied;
}

async function copyPart(
  context: CopyContext,
  experimentId: number,
  records: readonly RunRecord[],
): Promise<CopiedRun[]> {
  const { target, tally, progress } = context;
  const runs = records.map((record) => ({ record, id: record.info.run_id, digest: recordDigest(record) }));
  const items = await target.items(
    "run",
    runs.map(({ id }) => id),
  );
  const isCopied = (id: string, digest: string) =>
    items.get(id)?.state === "copied" && items.get(id)?.digest === digest;
  const whole = runs.filter(({ id, digest }) => isWhole(items.get(id), digest));
  const open = runs.filter((run) => !whole.includes(run) && !isCopied(run.id, run.digest));

  const skipped = await begin(
    context,
    open.map(({ record }) => toRun(record, experimentId)),
  );
  for (const [id, reason] of skipped) tally.skip("runs", id, reason);
  const begun = open.filter(({ id }) => !skipped.has(id));
  await copyPoints(
    context,
    begun.map(({ record }) => record),
  );

  const looked = context.newOnly ? begun : runs.filter(({ id }) => !skipped.has(id));
  await atOnce(runsAtOnce, looked, async ({ record, id }) => {
    const place = placeOf(context, record);
    await copyFiles(context, { root: `run/${id}`, place, what: `run ${id}`, isNew: !items.has(id) });
  });
  if (begun.length > 0)
    await target.call("markRunsCopied", { body: { runs: begun.map(({ id, digest }) => ({ runId: id, digest })) } });
  for (const { id } of runs.filter(({ id }) => !skipped.has(id))) {
    const isChanged = items.get(id)?.state === "finished" && begun.some((run) => run.id === id);
    tally.add("runs", isChanged ? "changed" : items.get(id)?.state === "finished" ? "there" : "copied");
  }
  progress.step();
  return runs
    .filter(({ id }) => !skipped.has(id))
    .map(({ record, id, digest }) => ({
      runId: id,
      isDeleted: record.info.lifecycle_stage === "deleted",
      models: linksOf(record),
      wasWhole: isWhole(items.get(id), digest),
    }));
}

/** Gives why runs stay out, by id. Data sets may be large: requests are cut by their bytes. */
async function begin({ target }: CopyContext, runs: readonly ReturnType<typeof toRun>[]): Promise<Map<string, string>> {
  const skipped = new Map<string, string>();
  for (const part of chunksBySize(runs, bytesAtOnce, (run) => JSON.stringify(run).length))
    for (const [id, reason] of await target.putRuns(part)) skipped.set(id, reason);
  return skipped;
}

function placeOf({ source, localFiles, tally }: CopyContext, { info }: RunRecord): FilePlace {
  const root = proxiedRoot(info.artifact_uri);
  if (root !== undefined) return proxiedPlace(source, root);
  const folder = localFiles ? localFolder(info.artifact_uri) : undefined;
  if (folder !== undefined) return localPlace(folder);
  tally.note(
    "Some runs have files that the source does not keep itself (file:, s3: and the like). They were read through the source, which lists none where it cannot reach them; --files reads those on this machine's disk.",
  );
  return runPlace(source, info.run_id);
}

/** Shows runs, with the models that they read and made. Gives those of which a model is not here, or not yet. */
export async function finishRuns({ target }: CopyContext, runs: readonly CopiedRun[]): Promise<CopiedRun[]> {
  const unlinked: CopiedRun[] = [];
  for (const part of chunks(runs, 200)) {
    const body = { runs: part.map(({ runId, isDeleted, models }) => ({ runId, isDeleted, models })) };
    const answer = await target.call("finishRuns", { body });
    unlinked.push(...part.filter(({ runId }) => answer.unlinked.includes(runId)));
  }
  return unlinked;
}
