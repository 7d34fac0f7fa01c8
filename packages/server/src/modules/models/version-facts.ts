import type { ModelCheck } from "@pave/contract";
import { sql } from "kysely";
import { z } from "zod";
import type { Ctx } from "../../db/context.ts";
import { findTrackedRun, getLoggedModel, type TrackedRun } from "../tracking/index.ts";
import type { VersionFacts } from "./compare-versions.ts";
import type { ModelSignature, ModelVersionRow } from "./model-version.ts";
import { readArtifacts, readOrigin } from "./read-models.ts";
import { versionMetrics } from "./version-metrics.ts";

/** What a version was made with and from, whether a pipeline or a client made it. */
export async function readVersionFacts(ctx: Ctx, version: ModelVersionRow): Promise<VersionFacts> {
  const [origin, run, metrics, params, artifacts] = await Promise.all([
    readOrigin(ctx, version),
    findRun(ctx, version),
    versionMetrics(ctx, version),
    loggedParams(ctx, version),
    readArtifacts(ctx, [version.artifactId]),
  ]);
  const artifact = artifacts.get(version.artifactId);
  const requirements = artifact?.files.find(({ path }) => path === "requirements.txt");
  return {
    metrics,
    params: { ...run?.params, ...params },
    signature: { ...columns("input", version.signature), ...columns("output", version.signature) },
    data: dataOf(version, run),
    code: present({
      commit: commitOf(origin.git) ?? run?.tags["mlflow.source.git.commit"],
      revision: origin.revisionDigest,
      ...Object.fromEntries(version.lineage.components.map(({ step, uses, digest }) => [step, `${uses} ${digest}`])),
    }),
    environment: present({
      python: version.pythonEnvironmentDigest ?? lockOf(version.check),
      "requirements.txt": requirements?.digest,
    }),
    run: present({
      pipeline: origin.runNumber === null ? null : `${origin.pipeline} #${origin.runNumber}`,
      run: version.trackedRunId,
      model: version.loggedModelId,
    }),
    files: present({ digest: version.digest, bytes: artifact?.bytes, files: artifact?.files.length }),
  };
}

/** What a client says of a version's run may be of nowhere, or of another project. */
async function findRun(ctx: Ctx, { trackedRunId, projectId }: ModelVersionRow): Promise<TrackedRun | undefined> {
  if (trackedRunId === null) return undefined;
  const run = await findTrackedRun(ctx, trackedRunId);
  return run?.projectId === projectId ? run : undefined;
}

/** What the attempt that made the model, or the client that logged it, gave it. */
async function loggedParams(ctx: Ctx, { attemptId, loggedModelId }: ModelVersionRow): Promise<Record<string, string>> {
  if (loggedModelId !== null) return { ...(await getLoggedModel(ctx, loggedModelId)).params };
  const { rows } = await sql<{ key: string; value: string }>`
    select p.key, p.value from attempts a join tracked_params p on p.run_id = a.tracked_run_id
    where a.id = ${attemptId}`.execute(ctx.db);
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
}

function columns(side: "input" | "output", signature: ModelSignature | null): Record<string, string> {
  const list = signature?.[side === "input" ? "inputs" : "outputs"] ?? [];
  return Object.fromEntries(
    list.map(({ name, type, required }) => [`${side} ${name}`, required ? type : `${type}, may be missing`]),
  );
}

/** Of a pipeline what its steps read; of a client what it told of with `log_input`. */
function dataOf({ lineage }: ModelVersionRow, run: TrackedRun | undefined): Record<string, string> {
  const datasets = lineage.datasets.length > 0 ? lineage.datasets : (run?.datasets ?? []);
  return Object.fromEntries(datasets.map(({ name, digest }) => [name, digest]));
}

const gitSchema = z.object({ commit: z.string() });
const commitOf = (git: unknown): string | undefined => gitSchema.safeParse(git).data?.commit;

const lockOf = (check: ModelCheck | null): string | undefined => check?.python?.lockDigest;

function present(
  values: Readonly<Record<string, number | string | null | undefined>>,
): Record<string, number | string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === null || value === undefined ? [] : [[name, value]])),
  );
}
