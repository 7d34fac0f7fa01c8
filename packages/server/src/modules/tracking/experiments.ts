import { type Ctx, inTransaction } from "../../db/context.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { assertActive, type Experiment, type ExperimentHead, trackingNotFound } from "./experiment.ts";
import * as store from "./experiment-store.ts";

/** A project's own experiment, which has the project's name; made when it is first needed. */
export async function ensureExperiment(
  ctx: Ctx,
  project: { readonly id: string; readonly name: string },
): Promise<Experiment> {
  const found = await store.findExperimentByName(ctx, project.id, project.name);
  if (found) return found;
  await store.insertExperiment(ctx, { projectId: project.id, name: project.name });
  return must(await store.findExperimentByName(ctx, project.id, project.name), "the experiment just made");
}

export async function createExperiment(
  ctx: Ctx,
  input: { readonly projectId: string; readonly name: string; readonly tags: Readonly<Record<string, string>> },
): Promise<number> {
  return inTransaction(ctx, async (ctx) => {
    const id = await store.insertExperiment(ctx, input);
    if (id === undefined) throw nameTaken(input.name);
    await store.putExperimentTags(ctx, id, input.tags);
    return id;
  });
}

export async function renameExperiment(ctx: Ctx, experiment: ExperimentHead, name: string): Promise<void> {
  assertActive(`experiment ${experiment.id}`, experiment.isDeleted);
  assertNotOwn(experiment, "renamed");
  const taken = await store.findExperimentByName(ctx, experiment.projectId, name);
  if (taken && taken.id !== experiment.id) throw nameTaken(name);
  await store.updateExperiment(ctx, experiment.id, { name });
}

/** Its runs are deleted with it; nothing is lost, and restoring it restores them. */
export async function deleteExperiment(ctx: Ctx, experiment: ExperimentHead): Promise<void> {
  assertNotOwn(experiment, "deleted");
  await moveExperiment(ctx, experiment, "deleted");
}

export const restoreExperiment = (ctx: Ctx, experiment: ExperimentHead): Promise<void> =>
  moveExperiment(ctx, experiment, "active");

async function moveExperiment(ctx: Ctx, experiment: ExperimentHead, stage: "active" | "deleted"): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await store.updateExperiment(ctx, experiment.id, { lifecycle_stage: stage });
    await store.moveRunsOf(ctx, experiment.id, stage);
    await recordEvent(ctx, {
      type: stage === "deleted" ? "experiment.deleted" : "experiment.restored",
      subjectType: "experiment",
      subjectId: String(experiment.id),
      projectId: experiment.projectId,
      data: { name: experiment.name },
    });
  });
}

export async function setExperimentTag(ctx: Ctx, experiment: ExperimentHead, key: string, value: string) {
  assertActive(`experiment ${experiment.id}`, experiment.isDeleted);
  await store.putExperimentTags(ctx, experiment.id, { [key]: value });
}

export async function deleteExperimentTag(ctx: Ctx, experiment: ExperimentHead, key: string): Promise<void> {
  assertActive(`experiment ${experiment.id}`, experiment.isDeleted);
  if (!(await store.removeExperimentTag(ctx, experiment.id, key)))
    throw trackingNotFound(`tag ${key} on experiment ${experiment.id}`);
}

/** The project's runs are in it. */
function assertNotOwn(experiment: ExperimentHead, what: string): void {
  if (experiment.name !== experiment.project) return;
  throw new PaveError(
    "request.invalid",
    `Experiment ${experiment.name} is the project's own and cannot be ${what}: its pipeline runs are in it`,
    { fix: "Use an experiment of another name for what should go away" },
  );
}

const nameTaken = (name: string): PaveError =>
  new PaveError("tracking.exists", `Experiment '${name}' already exists.`, {
    fix: "Use it, restore it if it was deleted, or choose another name",
  });
