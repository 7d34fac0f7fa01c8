import { chunks } from "./at-once.ts";
import { type CopyContext, isWhole } from "./copy-context.ts";
import { type Selection, selectedExperiments } from "./copy-server.ts";
import { loggedModelPages, modelPages, runPages, versionPages } from "./read-source.ts";
import { recordDigest } from "./record-digest.ts";
import { SourceAnswer } from "./source-errors.ts";
import type { Kind } from "./tally.ts";

type Kinds = "experiment" | "run" | "logged-model" | "model" | "model-version";

/** Counts what an import would copy, without asking for files and points, and without writing anything. */
export async function dryRun(context: CopyContext, selection: Selection): Promise<void> {
  for (const experiment of await selectedExperiments(context, selection)) {
    const id = experiment.experiment_id;
    context.progress.at(`experiment ${experiment.name}`);
    await count(context, "experiments", "experiment", [{ key: id, digest: recordDigest(experiment) }]);
    for await (const page of runPages(context.source, id)) {
      const found = page.map((record) => ({ key: record.info.run_id, digest: recordDigest(record) }));
      for (const part of chunks(found, 1000)) await count(context, "runs", "run", part);
    }
    try {
      for await (const page of loggedModelPages(context.source, id)) {
        const found = page.map((record) => ({
          key: record.info.model_id,
          digest: recordDigest({ record, isDeleted: false }),
        }));
        await count(context, "logged models", "logged-model", found);
      }
    } catch (error) {
      if (!(error instanceof SourceAnswer) || error.status !== 404) throw error;
    }
  }
  if (selection.experiments.length > 0 && selection.models.length === 0)
    return context.tally.note("Versions of these experiments' runs are copied too; they are known once the runs are.");
  await countModels(context, selection);
  context.tally.note("Nothing was written. Points and files are counted when they are copied.");
}

async function countModels(context: CopyContext, { models }: Selection): Promise<void> {
  for await (const page of modelPages(context.source))
    for (const model of page) {
      if (models.length > 0 && !models.includes(model.name)) continue;
      await count(context, "registered models", "model", [{ key: model.name, digest: recordDigest(model) }]);
      for await (const versions of versionPages(context.source, model.name)) {
        const found = versions.map((version) => ({
          key: `${version.name}@${version.version}`,
          digest: recordDigest(version),
        }));
        await count(context, "model versions", "model-version", found);
      }
    }
}

async function count(
  { target, tally, progress }: CopyContext,
  kind: Kind,
  itemKind: Kinds,
  found: readonly { readonly key: string; readonly digest: string }[],
): Promise<void> {
  const items = await target.items(
    itemKind,
    found.map(({ key }) => key),
  );
  for (const { key, digest } of found) {
    const item = items.get(key);
    // an experiment that others' runs joined stays begun
    const isThere = isWhole(item, digest) || (itemKind === "experiment" && item !== undefined);
    tally.add(kind, isThere ? "there" : item?.state === "finished" ? "changed" : "copied");
  }
  progress.step();
}
