import { atOnce } from "./at-once.ts";
import { type CopyContext, isWhole } from "./copy-context.ts";
import { copyFiles } from "./copy-files.ts";
import type { CopiedRun } from "./copy-runs.ts";
import { type FilePlace, localFolder, localPlace, modelPlace, proxiedPlace, proxiedRoot } from "./file-places.ts";
import { metricNumber } from "./metric-number.ts";
import { loggedModelPages, readLoggedModel } from "./read-source.ts";
import { recordDigest } from "./record-digest.ts";
import { SourceAnswer } from "./source-errors.ts";
import type { LoggedModelRecord } from "./source-records.ts";
import { refusal } from "./target.ts";

interface FoundModel {
  readonly record: LoggedModelRecord;
  readonly isDeleted: boolean;
}

/**
 * Copies the logged models of an experiment: those that the source lists, and deleted ones that runs still name. Servers
 * of MLflow 2 have none.
 */
export async function copyLoggedModels(
  context: CopyContext,
  experiment: { readonly sourceId: string; readonly id: number },
  runs: readonly CopiedRun[],
): Promise<void> {
  const seen = new Set<string>();
  try {
    for await (const page of loggedModelPages(context.source, experiment.sourceId)) {
      for (const { info } of page) seen.add(info.model_id);
      await copyAll(
        context,
        experiment.id,
        page.map((record) => ({ record, isDeleted: false })),
      );
    }
  } catch (error) {
    if (!(error instanceof SourceAnswer) || error.status !== 404) throw error;
  }
  const named = [...new Set(runs.flatMap(({ models }) => models.map(({ modelId }) => modelId)))];
  const deleted: FoundModel[] = [];
  for (const id of named.filter((id) => !seen.has(id))) {
    const record = await readLoggedModel(context.source, id).catch((error: unknown) => {
      if (error instanceof SourceAnswer) return undefined;
      throw error;
    });
    if (record?.info.experiment_id === experiment.sourceId) deleted.push({ record, isDeleted: true });
  }
  await copyAll(context, experiment.id, deleted);
}

async function copyAll(context: CopyContext, experimentId: number, found: readonly FoundModel[]): Promise<void> {
  const items = await context.target.items(
    "logged-model",
    found.map(({ record }) => record.info.model_id),
  );
  await atOnce(4, found, async (one) => {
    const id = one.record.info.model_id;
    const digest = recordDigest(one);
    const item = items.get(id);
    const isThere = isWhole(item, digest);
    if (isThere && context.newOnly) return context.tally.add("logged models", "there");
    const skipped = isThere ? undefined : await begin(context, experimentId, one.record);
    if (skipped !== undefined) return context.tally.skip("logged models", id, skipped);
    const files = { root: `model/${id}`, place: placeOf(context, one.record), what: `model ${id}` };
    const areHere = await copyFiles(context, { ...files, isNew: item === undefined });
    if (!areHere && !isThere) return context.tally.skip("logged models", id, "some of its files could not be copied");
    if (!isThere)
      await context.target.call("finishLoggedModel", { body: { modelId: id, isDeleted: one.isDeleted, digest } });
    context.tally.add("logged models", isThere ? "there" : item?.state === "finished" ? "changed" : "copied");
    context.progress.step();
  });
}

/** Undefined, or why it stays out. */
async function begin(
  { target }: CopyContext,
  experimentId: number,
  { info, data }: LoggedModelRecord,
): Promise<string | undefined> {
  try {
    const body = {
      modelId: info.model_id,
      experimentId,
      name: info.name,
      modelType: info.model_type,
      status: statusOf(info.status),
      statusMessage: info.status_message,
      sourceRunId: info.source_run_id || null,
      createdAt: info.creation_timestamp_ms,
      updatedAt: info.last_updated_timestamp_ms,
      params: data.params,
      tags: info.tags,
      metrics: data.metrics.flatMap((metric) =>
        metric.run_id === ""
          ? []
          : [
              {
                key: metric.key,
                value: metricNumber(metric.value),
                step: metric.step,
                timestamp: metric.timestamp,
                runId: metric.run_id,
                datasetName: metric.dataset_name,
                datasetDigest: metric.dataset_digest,
              },
            ],
      ),
    };
    return (await target.call("importLoggedModel", { body })).skipped ?? undefined;
  } catch (error) {
    const reason = refusal(error);
    if (reason === undefined) throw error;
    return reason;
  }
}

const statusOf = (status: string) =>
  (["READY", "UPLOAD_FAILED"] as const).find((known) => status === `LOGGED_MODEL_${known}`) ?? ("PENDING" as const);

function placeOf({ source, localFiles }: CopyContext, { info }: LoggedModelRecord): FilePlace {
  const root = proxiedRoot(info.artifact_uri);
  if (root !== undefined) return proxiedPlace(source, root);
  const folder = localFiles ? localFolder(info.artifact_uri) : undefined;
  return folder === undefined ? modelPlace(source, info.model_id) : localPlace(folder);
}
