import type { FileEntry, ModelCheck } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import type { ArtifactRow, Artifacts } from "../artifacts/index.ts";
import { filesBelow, getLoggedModelHead, getRunHead, loggedModelsOfRun, trackingNotFound } from "../tracking/index.ts";
import { askForCheck } from "./check-version.ts";
import { getVersion } from "./find-version.ts";
import { folderExample, folderFacts } from "./folder-facts.ts";
import type { ModelVersionRow } from "./model-version.ts";
import { registerVersion } from "./register-version.ts";
import { parseVersionSource } from "./version-source.ts";

export interface RegisterSource {
  readonly projectId: string;
  readonly model: string;
  readonly source: string;
  readonly description: string;
  readonly runLink: string;
  readonly tags: Readonly<Record<string, string>>;
  /** What the client says it came from; what the source itself says counts more. */
  readonly runId: string | null;
  /** The attempt that registers, which does so only with what it logged itself; null for anybody else. */
  readonly attempt: RegisteringAttempt | null;
}

export interface RegisteringAttempt {
  /** Its own run in tracking. */
  readonly trackedRunId: string;
  readonly runId: string | null;
  readonly revisionId: string | null;
  readonly pythonEnvironmentDigest: string | null;
}

/** What registering needs of artifacts. */
export type SourceArtifacts = Pick<Artifacts, "createArtifact" | "getArtifact" | "readBlob">;

/**
 * Registers files that a client logged as the next version of a model. They become an artifact: what is logged there
 * later changes nothing of the version. A runner is asked to load and score it; a copy of a version has its check.
 */
export async function registerSource(
  ctx: Ctx,
  artifacts: SourceArtifacts,
  input: RegisterSource,
): Promise<ModelVersionRow> {
  const found = await resolveSource(ctx, artifacts, input);
  const facts = await folderFacts(ctx, artifacts, found.files);
  if (!facts)
    throw new PaveError(
      "model.invalid",
      found.files.length === 0
        ? `There are no files at ${input.source}`
        : `${input.source} is no model folder: it has ${found.files.some(({ path }) => path === "MLmodel") ? "an MLmodel that cannot be read" : "no MLmodel file"}`,
      { fix: "Log the model first, for example with mlflow.sklearn.log_model(…), and name the same place" },
    );
  const inputExample = await folderExample(ctx, artifacts, found.files, facts);
  return inTransaction(ctx, async (ctx) => {
    const artifact = found.artifact ?? (await createModelArtifact(ctx, artifacts, input, found.files, facts.flavors));
    const { version } = await registerVersion(ctx, {
      ...untracked,
      runId: input.attempt?.runId ?? null,
      revisionId: input.attempt?.revisionId ?? null,
      pythonEnvironmentDigest: input.attempt?.pythonEnvironmentDigest ?? null,
      model: input.model,
      projectId: input.projectId,
      artifactId: artifact.id,
      digest: artifact.digest,
      description: input.description,
      source: input.source,
      trackedRunId: found.runId ?? input.runId,
      loggedModelId: found.loggedModelId ?? null,
      runLink: input.runLink,
      tags: input.tags,
      signature: facts.signature,
      inputExample,
      check: found.check ?? null,
      createdBy: ctx.actor.principalId,
    });
    if (!found.check) await askForCheck(ctx, version);
    return version;
  });
}

/** What only a pipeline knows of its models. */
export const untracked = {
  card: null,
  attemptId: null,
  evaluationArtifactId: null,
  testArtifactId: null,
  evaluateComponent: null,
  metrics: {},
  lineage: { datasets: [], components: [], evaluation: null },
} as const;

interface FoundSource {
  readonly files: readonly FileEntry[];
  /** Of files that are one already. */
  readonly artifact?: ArtifactRow;
  readonly runId?: string | null;
  readonly loggedModelId?: string | null;
  /** Of the same files, where they passed one. */
  readonly check?: ModelCheck;
}

/** The files of a source in the project; what lies in another one is not there. */
async function resolveSource(ctx: Ctx, artifacts: SourceArtifacts, input: RegisterSource): Promise<FoundSource> {
  const source = parseVersionSource(input.source);
  switch (source?.from) {
    case "logged-model":
      return filesOfModel(ctx, input, source.modelId, "");
    case "files":
      return source.root.startsWith("m-")
        ? filesOfModel(ctx, input, source.root, source.path)
        : filesOfRun(ctx, input, source.root, source.path);
    case "version": {
      assertOwn(input, false);
      const version = await getVersion(ctx, source.model, source.version);
      assertHere(input, version.projectId, `model ${source.model}`);
      const artifact = await artifacts.getArtifact(ctx, version.artifactId);
      const { trackedRunId: runId, loggedModelId, check } = version;
      return { files: artifact.files, artifact, runId, loggedModelId, ...(check?.ok ? { check } : {}) };
    }
    case "artifact": {
      assertOwn(input, false);
      const artifact = await artifacts.getArtifact(ctx, source.artifactId);
      assertHere(input, artifact.projectId, `artifact ${source.artifactId}`);
      return { files: artifact.files, artifact };
    }
    case undefined:
      throw new PaveError(
        "model.invalid",
        `Invalid model version source: '${input.source}'. Expected models:/…, runs:/… or an mlflow-artifacts:/… address of this server`,
        { fix: "Log the model to this server and register it from there" },
      );
  }
}

async function filesOfModel(ctx: Ctx, input: RegisterSource, modelId: string, path: string): Promise<FoundSource> {
  const model = await getLoggedModelHead(ctx, modelId);
  assertHere(input, model.projectId, `logged model ${modelId}`);
  assertOwn(input, model.attemptRunId === input.attempt?.trackedRunId);
  return { files: await filesBelow(ctx, modelId, path), loggedModelId: modelId, runId: model.sourceRunId };
}

/** MLflow 3 keeps a model beside its run: `runs:/RUN/NAME` names the model that the run logged under this name. */
async function filesOfRun(ctx: Ctx, input: RegisterSource, runId: string, path: string): Promise<FoundSource> {
  const run = await getRunHead(ctx, runId);
  assertHere(input, run.projectId, `run ${runId}`);
  assertOwn(input, [run.runId, run.attemptRunId].includes(input.attempt?.trackedRunId ?? ""));
  const files = await filesBelow(ctx, runId, path);
  const [model] = files.length > 0 ? [] : await loggedModelsOfRun(ctx, runId, path);
  return model ? filesOfModel(ctx, input, model.modelId, "") : { files, runId };
}

function assertOwn({ attempt, source }: RegisterSource, isOwn: boolean): void {
  if (attempt === null || isOwn) return;
  throw new PaveError("tracking.managed", `This token registers what its own attempt logged, and ${source} is not`, {
    fix: "Register it with a token of your own, or log the model in this step",
  });
}

function assertHere(input: RegisterSource, projectId: string, what: string): void {
  if (projectId !== input.projectId) throw trackingNotFound(what);
}

export async function createModelArtifact(
  ctx: Ctx,
  artifacts: SourceArtifacts,
  input: Pick<RegisterSource, "projectId" | "model">,
  files: readonly FileEntry[],
  flavors: readonly string[],
): Promise<ArtifactRow> {
  return artifacts.createArtifact(ctx, {
    projectId: input.projectId,
    type: "model",
    format: flavors.includes("onnx") ? "onnx" : null,
    name: input.model,
    files,
    metadata: { flavors },
  });
}
