import type { FileEntry } from "@pave/contract";
import { sql } from "kysely";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import type { ArtifactRow } from "../artifacts/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { askForCheck } from "./check-version.ts";
import { folderExample, folderFacts } from "./folder-facts.ts";
import * as store from "./model-store.ts";
import { createModelArtifact, type SourceArtifacts, untracked } from "./register-source.ts";
import { hintModel } from "./register-version.ts";
import type { Stage } from "./registry.ts";
import { putTags } from "./registry-store.ts";

/** A version as it is at a server that it is copied from: with its number, its times and its user. */
export interface ImportedVersion {
  readonly projectId: string;
  readonly model: string;
  readonly version: number;
  readonly source: string;
  readonly runId: string | null;
  readonly loggedModelId: string | null;
  readonly runLink: string;
  readonly description: string;
  readonly stage: Stage;
  readonly userName: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly tags: Readonly<Record<string, string>>;
  /** Where it was copied from, for the ledger. */
  readonly from: string;
}

/** What there is of a version's files. */
export type VersionFiles = { readonly artifact: ArtifactRow } | { readonly files: readonly FileEntry[] };

/**
 * Registers a version under a number of its own. Its files become an artifact as with any other, and a runner checks it;
 * a folder that is no model is kept as it was, and fails that check.
 */
export async function importVersion(
  ctx: Ctx,
  artifacts: SourceArtifacts,
  input: ImportedVersion,
  found: VersionFiles,
): Promise<void> {
  const files = "artifact" in found ? found.artifact.files : found.files;
  const facts = await folderFacts(ctx, artifacts, files);
  const inputExample = await folderExample(ctx, artifacts, files, facts);
  await inTransaction(ctx, async (ctx) => {
    await store.lockModel(ctx, input.model);
    const artifact =
      "artifact" in found
        ? found.artifact
        : await createModelArtifact(ctx, artifacts, input, files, facts?.flavors ?? []);
    await store.insertVersion(ctx, input.version, {
      ...untracked,
      runId: null,
      revisionId: null,
      pythonEnvironmentDigest: null,
      model: input.model,
      projectId: input.projectId,
      artifactId: artifact.id,
      digest: artifact.digest,
      description: input.description,
      source: input.source,
      trackedRunId: input.runId,
      loggedModelId: await loggedModelHere(ctx, input),
      runLink: input.runLink,
      signature: facts?.signature ?? null,
      inputExample,
      check: null,
      createdBy: ctx.actor.principalId,
    });
    await updateImportedVersion(ctx, input);
    await askForCheck(ctx, must(await store.findVersion(ctx, input.model, input.version), "the version just imported"));
    await recordEvent(ctx, {
      type: "model.registered",
      subjectType: "model-version",
      subjectId: `${input.model}@${input.version}`,
      projectId: input.projectId,
      data: { model: input.model, version: input.version, digest: artifact.digest, importedFrom: input.from },
    });
    await hintModel(ctx, input.model);
  });
}

/** What may change of a version at its source. The next version that is registered here gets a number above all. */
export async function updateImportedVersion(ctx: Ctx, input: ImportedVersion): Promise<void> {
  await ctx.db
    .updateTable("model_versions")
    .set({
      description: input.description,
      stage: input.stage,
      user_name: input.userName,
      created_at: input.createdAt,
      updated_at: input.updatedAt,
    })
    .where("model", "=", input.model)
    .where("version", "=", input.version)
    .execute();
  await ctx.db
    .updateTable("registered_models")
    .set({ last_version: sql`greatest(last_version, ${input.version}::bigint)` })
    .where("name", "=", input.model)
    .execute();
  await putTags(ctx, input.model, input.version, input.tags);
}

async function loggedModelHere(ctx: Ctx, { loggedModelId, projectId }: ImportedVersion): Promise<string | null> {
  const result = await sql<{ id: string }>`
    select l.model_id as id from logged_models l join experiments e on e.id = l.experiment_id
    where l.model_id = ${loggedModelId} and e.project_id = ${projectId}`.execute(ctx.db);
  return result.rows[0]?.id ?? null;
}
