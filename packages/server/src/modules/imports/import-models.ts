import type {
  finishLoggedModelBody,
  finishModelBody,
  importLoggedModelBody,
  importModelBody,
  importVersionBody,
} from "@pave/contract";
import type { z } from "zod";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { recordEvent } from "../ledger/index.ts";
import {
  findVersion,
  importAliases,
  importRegisteredModel,
  importVersion as registerImported,
  type SourceArtifacts,
  updateImportedVersion,
  type VersionFiles,
} from "../models/index.ts";
import { deleteFiles, filesBelow, projectOfModel, putImportedModel, showImportedModel } from "../tracking/index.ts";
import { assertRoot, storedRoot } from "./import-files.ts";
import { assertExperiments, assertItems, finite } from "./import-runs.ts";
import { findItems, putItems } from "./imported-items-store.ts";
import type { ImportRow } from "./imports-store.ts";
import { originTags } from "./open-import.ts";

/** Undefined, or why it stays out. */
type Skipped = Promise<string | undefined>;

export async function importLoggedModel(
  ctx: Ctx,
  row: ImportRow,
  given: z.output<typeof importLoggedModelBody>,
): Skipped {
  return inTransaction(ctx, async (ctx) => {
    await assertExperiments(ctx, row, [given.experimentId]);
    const place = await projectOfModel(ctx, given.modelId);
    const known = await findItems(ctx, row.projectId, "logged-model", [given.modelId]);
    if (place !== undefined && place !== row.projectId)
      return "a logged model of this id is on this platform already, and not in this project";
    if (place !== undefined && known.size === 0)
      return "the project has a logged model of this id that was not copied in";
    await putImportedModel(ctx, row.projectId, {
      ...given,
      metrics: given.metrics.map((metric) => ({ ...metric, value: finite(metric.value) })),
      tags: { ...given.tags, ...originTags(ctx, row) },
    });
    await putItems(ctx, row, "logged-model", "begun", [{ key: given.modelId }]);
    return undefined;
  });
}

export async function finishLoggedModel(
  ctx: Ctx,
  row: ImportRow,
  { modelId, isDeleted, digest }: z.output<typeof finishLoggedModelBody>,
): Promise<void> {
  await assertItems(ctx, row, "logged-model", [modelId]);
  await inTransaction(ctx, async (ctx) => {
    await showImportedModel(ctx, modelId, isDeleted);
    await putItems(ctx, row, "logged-model", "finished", [{ key: modelId, digest }]);
    await recordEvent(ctx, {
      type: "import.model-copied",
      subjectType: "import",
      subjectId: row.id,
      projectId: row.projectId,
      data: { source: row.source, model: modelId },
    });
  });
}

/** A name is the platform's: one that another project has stays out. */
export async function importModel(ctx: Ctx, row: ImportRow, given: z.output<typeof importModelBody>): Skipped {
  return inTransaction(ctx, async (ctx) => {
    const known = (await findItems(ctx, row.projectId, "model", [given.name])).get(given.name);
    const input = {
      projectId: row.projectId,
      name: given.name,
      description: given.description,
      tags: { ...given.tags, ...originTags(ctx, row) },
      createdAt: new Date(given.createdAt),
      updatedAt: new Date(given.updatedAt),
    };
    const { model, isJoined } = await importRegisteredModel(ctx, input, known !== undefined && known.target === null);
    if (model.projectId !== row.projectId) return "the name belongs to another project";
    // one that the project had by itself is remembered as such: it stays as it is, whatever changes at the source
    await putItems(ctx, row, "model", "begun", [{ key: given.name, ...(isJoined ? { target: 0 } : {}) }]);
    return undefined;
  });
}

export async function finishModel(
  ctx: Ctx,
  row: ImportRow,
  { name, aliases, updatedAt, digest }: z.output<typeof finishModelBody>,
): Promise<{ alias: string; reason: string }[]> {
  await assertItems(ctx, row, "model", [name]);
  return inTransaction(ctx, async (ctx) => {
    const place = { projectId: row.projectId, model: name, updatedAt: new Date(updatedAt), from: row.source };
    const skipped = await importAliases(ctx, place, aliases);
    await putItems(ctx, row, "model", "finished", [{ key: name, digest }]);
    return skipped;
  });
}

export async function importVersion(
  ctx: Ctx,
  artifacts: SourceArtifacts,
  row: ImportRow,
  given: z.output<typeof importVersionBody>,
): Skipped {
  await assertItems(ctx, row, "model", [given.name]);
  const key = `${given.name}@${given.version}`;
  const known = (await findItems(ctx, row.projectId, "model-version", [key])).has(key);
  const isThere = (await findVersion(ctx, given.name, given.version)) !== undefined;
  if (isThere && !known) return "the model has a version of this number that was not copied in";
  const version = {
    projectId: row.projectId,
    model: given.name,
    version: given.version,
    source: given.source,
    runId: given.runId,
    loggedModelId: given.modelId,
    runLink: given.runLink,
    description: given.description,
    stage: given.stage,
    userName: given.userName,
    createdAt: new Date(given.createdAt),
    updatedAt: new Date(given.updatedAt),
    tags: { ...given.tags, ...originTags(ctx, row) },
    from: row.source,
  };
  const files = isThere ? undefined : await filesOf(ctx, artifacts, row, given);
  if (typeof files === "string") return files;
  await inTransaction(ctx, async (ctx) => {
    if (files) await registerImported(ctx, artifacts, version, files);
    else await updateImportedVersion(ctx, version);
    await putItems(ctx, row, "model-version", "finished", [{ key, digest: given.digest }]);
    // they are an artifact now
    await deleteFiles(ctx, storedRoot(row, `version/${given.name}/${given.version}`), "");
  });
  return undefined;
}

/** The files of a version, or why there are none. */
async function filesOf(
  ctx: Ctx,
  artifacts: SourceArtifacts,
  row: ImportRow,
  { files }: z.output<typeof importVersionBody>,
): Promise<VersionFiles | string> {
  if ("name" in files) {
    const other = await findVersion(ctx, files.name, files.version);
    if (other?.projectId !== row.projectId)
      return `version ${files.version} of ${files.name}, of which it is a copy, is not here`;
    return { artifact: await artifacts.getArtifact(ctx, other.artifactId) };
  }
  await assertRoot(ctx, row, files.root);
  const found = await filesBelow(ctx, storedRoot(row, files.root), files.path);
  return found.length > 0 ? { files: found } : "there are no files at its source";
}
