import { CliError } from "../command.ts";
import type { CopyContext } from "./copy-context.ts";
import { copyLoggedModels } from "./copy-logged-models.ts";
import { copyRegistry } from "./copy-registry.ts";
import { type CopiedRun, copyRuns, finishRuns } from "./copy-runs.ts";
import { experimentPages } from "./read-source.ts";
import { recordDigest } from "./record-digest.ts";
import type { ExperimentRecord } from "./source-records.ts";
import { refusal } from "./target.ts";

export interface Selection {
  /** Names; with none of both, everything is copied. */
  readonly experiments: readonly string[];
  readonly models: readonly string[];
}

/**
 * Copies what is selected, in the order in which things name each other: experiments, their runs with points and files,
 * their logged models; then registered models with their versions. Each step is safe to repeat, and what is whole here
 * already is left alone, so that it may be killed anywhere and run again.
 */
export async function copyServer(context: CopyContext, selection: Selection): Promise<void> {
  const unlinked: CopiedRun[] = [];
  for (const experiment of await selectedExperiments(context, selection)) {
    context.progress.at(`experiment ${experiment.name}`);
    unlinked.push(...(await copyExperiment(context, experiment)));
  }
  // models of experiments that were copied later
  const left = await finishRuns(context, unlinked);
  if (left.length > 0)
    context.tally.note(
      `${left.length} of the runs read or made logged models that are not here; they are copied without them.`,
    );
  if (selection.experiments.length > 0 && selection.models.length === 0)
    await copyRegistry(context, { names: undefined, onlyOfCopied: true });
  else {
    const names = selection.models.length > 0 ? new Set(selection.models) : undefined;
    const found = await copyRegistry(context, { names, onlyOfCopied: false });
    assertFound("registered model", selection.models, found);
  }
}

export async function selectedExperiments(
  { source }: Pick<CopyContext, "source">,
  selection: Selection,
): Promise<ExperimentRecord[]> {
  if (selection.experiments.length === 0 && selection.models.length > 0) return [];
  const found: ExperimentRecord[] = [];
  for await (const page of experimentPages(source)) found.push(...page);
  assertFound("experiment", selection.experiments, new Set(found.map(({ name }) => name)));
  const wanted =
    selection.experiments.length === 0 ? found : found.filter(({ name }) => selection.experiments.includes(name));
  return wanted.toSorted((a, b) => a.experiment_id.localeCompare(b.experiment_id, "en", { numeric: true }));
}

function assertFound(what: string, names: readonly string[], found: ReadonlySet<string>): void {
  const missing = names.filter((name) => !found.has(name));
  if (missing.length === 0) return;
  throw new CliError(`The source has no ${what} ${missing.map((name) => JSON.stringify(name)).join(", ")}`, {
    fix: "Write the name as the source shows it.",
  });
}

/** Gives the runs of which a logged model is not here, or not yet. */
async function copyExperiment(context: CopyContext, record: ExperimentRecord): Promise<CopiedRun[]> {
  const { target, tally } = context;
  const body = {
    id: record.experiment_id,
    name: record.name,
    tags: record.tags,
    isDeleted: record.lifecycle_stage === "deleted",
    createdAt: record.creation_time ?? null,
    updatedAt: record.last_update_time ?? null,
    digest: recordDigest(record),
  };
  let made: Awaited<ReturnType<typeof target.call<"importExperiment">>>;
  try {
    made = await target.call("importExperiment", { body });
  } catch (error) {
    const reason = refusal(error);
    if (reason === undefined) throw error;
    tally.skip("experiments", record.name, reason);
    return [];
  }
  const experiment = { sourceId: record.experiment_id, id: made.experimentId };
  tally.add("experiments", made.state === "new" ? "copied" : made.state === "changed" ? "changed" : "there");
  if (made.state === "joined")
    tally.note(`The project had an experiment ${record.name} by itself: runs were added to it.`);
  const runs = await copyRuns(context, experiment);
  await copyLoggedModels(context, experiment, runs);
  return finishRuns(
    context,
    runs.filter(({ wasWhole }) => !wasWhole),
  );
}
