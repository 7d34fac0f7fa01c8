/**
 * Makes reference profiles: a version of a model that a pipeline registered, whose project names one of the run's
 * outputs as reference, is profiled by a runner, in the sandbox that steps run in. What goes wrong there is told beside
 * the version and costs it nothing else. Versions are found by looking, so that no kill in between loses one.
 */
import type { CommandWork, RemoteFile } from "@pave/contract";
import { referenceProfileSchema } from "@pave/contract/drift";
import { sql } from "kysely";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { enqueueWork, type WorkHandler, type WorkResult } from "../../jobs/index.ts";
import { isPaveError, must } from "../../kernel/pave-error.ts";
import { parseBytes, parseDurationMs } from "../../kernel/time.ts";
import type { ArtifactRow, Artifacts } from "../artifacts/index.ts";
import type { Components } from "../components/index.ts";
import {
  beginProfile,
  failProfile,
  finishProfile,
  getVersion,
  type PredictionSource,
  profiledForMs,
} from "../models/index.ts";
import { findRunOutput } from "../pipelines/index.ts";
import { getRevision } from "../projects/index.ts";
import { publishConfig } from "../serving/index.ts";
import { eachApart } from "./each-apart.ts";

export interface ProfileDeps {
  readonly artifacts: Artifacts;
  readonly components: Pick<Components, "resolveComponent">;
}

export const referenceProfileOwner = "reference-profile";
const component = "pave/reference-profile@1";
const maxProfileBytes = 16 * 2 ** 20;

/** What is kept with the work; the runner's payload is made at the claim, because its URLs live shortly. */
interface KeptWork {
  readonly kind: "command";
  readonly model: string;
  readonly version: number;
  readonly referenceArtifactId: string;
}

/** One round: begins what is missing, the newest first, a few at a time. */
export async function requestProfiles(ctx: Ctx): Promise<void> {
  const about = ({ model, version }: VersionKey) => ({ model, version });
  await eachApart(ctx, await versionsWithout(ctx, 5), about, (version) =>
    inTransaction(ctx, async (ctx) => {
      if (!(await beginProfile(ctx, version))) return;
      const found = await referenceOf(ctx, version);
      if (!("artifactId" in found)) return failProfile(ctx, version, found.problem);
      const { model, version: number, projectId } = version;
      const kept: KeptWork = { kind: "command", model, version: number, referenceArtifactId: found.artifactId };
      const ownerId = `${model}@${number}`;
      await enqueueWork(ctx, { ownerKind: referenceProfileOwner, ownerId, projectId, payload: kept });
    }),
  );
}

interface VersionKey {
  readonly model: string;
  readonly version: number;
  readonly projectId: string;
  readonly runId: string;
  readonly revisionId: string;
}

async function versionsWithout(ctx: Ctx, limit: number): Promise<VersionKey[]> {
  const rows = await ctx.db
    .selectFrom("model_versions as v")
    .select(["v.model", "v.version", "v.project_id as projectId", "v.run_id as runId", "v.revision_id as revisionId"])
    .where("v.run_id", "is not", null)
    .where("v.revision_id", "is not", null)
    .where("v.created_at", ">", new Date(ctx.clock.now().getTime() - profiledForMs))
    .where(
      sql<boolean>`not exists (select from reference_profiles p where p.model = v.model and p.version = v.version)`,
    )
    .orderBy("v.created_at", "desc")
    .limit(limit)
    .execute();
  return rows as VersionKey[];
}

/** What the run's own revision names, as the run left it. */
async function referenceOf(
  ctx: Ctx,
  { projectId, revisionId, runId }: VersionKey,
): Promise<{ artifactId: string } | { problem: string }> {
  const reference = (await getRevision(ctx, projectId, revisionId)).spec?.monitor.drift?.reference;
  if (reference === undefined) return { problem: "pave.yaml names no reference under monitor.drift" };
  const [pipeline = "", step = "", output = ""] = reference.split(".");
  const artifactId = await findRunOutput(ctx, runId, { pipeline, step, output });
  return artifactId === undefined
    ? { problem: `the run that made this version left no ${reference}, which pave.yaml names as reference` }
    : { artifactId };
}

/** How a runner gets the work, and what becomes of its answer. */
export function referenceProfileWork(deps: ProfileDeps): WorkHandler {
  return {
    async prepare(ctx, work): Promise<CommandWork> {
      const kept = work.payload as KeptWork;
      const { spec, builtin } = await deps.components.resolveComponent(ctx, component, { files: [] });
      const version = await getVersion(ctx, kept.model, String(kept.version));
      const [table, model] = await deps.artifacts.getArtifacts(ctx, [kept.referenceArtifactId, version.artifactId]);
      const test =
        version.testArtifactId === null ? undefined : await deps.artifacts.getArtifact(ctx, version.testArtifactId);
      const input = (artifact: ArtifactRow) => inputOf(artifact, deps.artifacts.remoteFiles(artifact.files));
      // time only goes on: each window would be another than the reference
      const counted = (version.signature?.inputs ?? []).filter(({ type }) => type !== "datetime");
      const features = Object.fromEntries(counted.map(({ name, type }) => [name, type]));
      const defaults = Object.fromEntries(
        Object.entries(spec.params).map(([name, param]) => [name, param.default ?? null]),
      );
      return {
        ...{ kind: "command", attempt: 1, project: "", run: work.ownerId, step: "reference-profile" },
        ...{ command: spec.run.command, code: [], builtin, python: null, env: {}, token: "" },
        inputs: {
          table: input(must(table, "the reference")),
          model: input(must(model, "the model")),
          ...(test ? { test: input(test) } : {}),
        },
        params: { ...defaults, features },
        outputs: { profile: { type: "report", format: "json", required: true } },
        limits: {
          timeoutMs: parseDurationMs(spec.limits.timeout ?? "10m") ?? 600_000,
          memoryBytes: parseBytes(spec.limits.memory ?? "2Gi") ?? null,
          cpu: spec.requests.cpu ?? null,
        },
        network: spec.network,
      };
    },

    async finished(ctx, work, result) {
      const kept = work.payload as KeptWork;
      try {
        await keep(deps, ctx, kept, work.projectId ?? "", result);
      } catch (error) {
        if (!isPaveError(error) || error.status >= 500) throw error;
        await failProfile(ctx, kept, error.message);
      }
    },
  };
}

function inputOf({ type, format, digest, metadata }: ArtifactRow, files: RemoteFile[]): CommandWork["inputs"][string] {
  return { type, format, digest, metadata: { ...metadata }, files };
}

async function keep(deps: ProfileDeps, ctx: Ctx, kept: KeptWork, projectId: string, result: WorkResult): Promise<void> {
  const output = result.outputs.find(({ port }) => port === "profile");
  const file = output?.files[0];
  if (result.outcome !== "succeeded" || !output || !file) {
    const said = (result.message ?? "it came to no end").replace(/^step \S+ exited with code \d+: (error: )?/, "");
    return failProfile(ctx, kept, `the reference could not be profiled: ${said.slice(0, 500)}`);
  }
  const profile = readProfile((await deps.artifacts.readBlob(ctx, file.digest, maxProfileBytes)).toString("utf8"));
  if (!profile) return failProfile(ctx, kept, "the reference could not be profiled: what came back is no profile");
  const version = await getVersion(ctx, kept.model, String(kept.version));
  const artifact = await deps.artifacts.createArtifact(ctx, {
    ...{ projectId, type: "report", format: "json", name: `${kept.model}-${kept.version}-reference-profile` },
    files: [{ ...file, path: "profile.json" }],
    metadata: output.metadata,
  });
  const predictionSource: PredictionSource =
    profile.prediction === null ? "none" : version.testArtifactId === null ? "training" : "held-out";
  await finishProfile(ctx, kept, {
    profile,
    artifactId: artifact.id,
    predictionSource,
    message: messageOf(output.metadata, predictionSource),
  });
  await publishConfig(ctx);
}

function readProfile(text: string) {
  try {
    return referenceProfileSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function messageOf({ notes }: Readonly<Record<string, unknown>>, source: PredictionSource): string {
  const said = Array.isArray(notes) ? notes.filter((note): note is string => typeof note === "string") : [];
  const training =
    source === "training"
      ? ["answers are those on the reference rows, which the model may have seen: on new rows it will be less sure"]
      : [];
  return [...said, ...training].join("; ").slice(0, 1000);
}
