import type { DatasetVersion, OutputManifest } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { getRunHead, logDatasets } from "../tracking/index.ts";
import type { AttemptRow } from "./attempt-store.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import type { CommandDefinition } from "./step-definition.ts";
import type { OpenStep } from "./step-kinds.ts";

/** What a step read through its connection becomes a version of a dataset, and an input of the run as MLflow has it. */
export async function recordDatasets(
  deps: PipelinesDeps,
  ctx: Ctx,
  { run, step, definition }: OpenStep<CommandDefinition>,
  attempt: AttemptRow,
  { outputs, written }: { outputs: Readonly<Record<string, string>>; written: readonly OutputManifest[] },
): Promise<void> {
  const { connection, params } = definition;
  if (connection === undefined) return;
  const artifacts = await deps.artifacts.getArtifacts(ctx, Object.values(outputs));
  for (const output of written) {
    const artifact = artifacts.find(({ id }) => id === outputs[output.port]);
    if (!artifact) continue;
    const dataset = await deps.connections.recordDataset(ctx, {
      ...{ connection, params, output, artifact },
      attempt: { projectId: run.projectId, run: run.number, step: step.name },
    });
    if (!dataset) continue;
    for (const trackedRunId of [run.trackedRunId, attempt.trackedRunId])
      await logDatasets(ctx, await getRunHead(ctx, trackedRunId), [inputOf(dataset)]);
  }
}

/** Clients of MLflow cut digests to 36 characters. */
const inputOf = (dataset: DatasetVersion) => ({
  name: `${dataset.connection}.${dataset.step}`,
  digest: dataset.digest.replace("sha256:", "").slice(0, 36),
  sourceType: dataset.type,
  source: JSON.stringify({
    ...{ connection: dataset.connection, environment: dataset.environment },
    ...(dataset.query === null ? { path: dataset.path } : { query: dataset.query }),
    ...{ version: dataset.version, etag: dataset.etag },
  }),
  schema: JSON.stringify({
    mlflow_colspec: dataset.columns.map(({ name, type }) => ({
      name,
      type: mlflowTypes[type] ?? "string",
      required: false,
    })),
  }),
  profile: JSON.stringify({ num_rows: dataset.rows }),
  tags: { "mlflow.data.context": "reading" },
});

const mlflowTypes: Readonly<Record<string, string>> = {
  integer: "long",
  number: "double",
  boolean: "boolean",
  timestamp: "datetime",
};
