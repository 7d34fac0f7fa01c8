import { type ModelCheck, modelCheckSchema } from "@pave/contract";
import { z } from "zod";
import type { Ctx } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import { outputSignature, registerVersion, versionOfAttempt } from "../models/index.ts";
import { getPythonEnvironment } from "../projects/index.ts";
import { modelLineage } from "./model-lineage.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import type { RegisterDefinition } from "./step-definition.ts";
import type { OpenStep, StepKind, StepStart } from "./step-kinds.ts";
import { findSteps, type StepRow } from "./step-store.ts";

type Open = OpenStep<RegisterDefinition>;

const checkLimits = { timeoutMs: 60_000, memoryBytes: 2 * 2 ** 30 };
const maxTextBytes = 512 * 1024;

/** What a step of this kind leaves in `result`. */
export const registrationSchema = z.object({ model: z.string(), version: z.number() });
type Registration = z.infer<typeof registrationSchema>;

/**
 * Registers the model that a step of the run made, once a runner has loaded it in a throw-away process and scored its
 * reference rows again. A model that was taken from the cache was registered then, and keeps that version, unless it
 * was judged anew with another outcome.
 */
export const registerStep: StepKind<RegisterDefinition> = {
  workKind: "check-model",

  async start(_deps, ctx, _run, steps) {
    const starts: StepStart[] = [];
    for (const open of steps) starts.push(await startOne(ctx, open));
    return starts;
  },

  async payload(deps, ctx, { run, definition }) {
    const steps = await findSteps(ctx, run.id, [definition.from.step]);
    const artifact = await deps.artifacts.getArtifact(ctx, modelArtifactId(definition, steps));
    return { kind: "check-model", files: deps.artifacts.remoteFiles(artifact.files), ...checkLimits };
  },

  async commit(deps, ctx, open, attempt, result) {
    const parsed = modelCheckSchema.safeParse(result.check);
    if (!parsed.success)
      return { ok: false, reason: "infra", message: "the check of the model came back without a result" };
    const check = parsed.data;
    if (!check.ok)
      return { ok: false, reason: "invalid-output", message: check.problem ?? "the model cannot be served" };
    const version = await register(deps, ctx, open, check);
    const message = `registered ${version.model} version ${version.version}`;
    return { ok: true, change: { attemptId: attempt.id, message, result: registration(version) } };
  },
};

async function startOne(ctx: Ctx, { run, definition }: Open): Promise<StepStart> {
  const { from, evaluation, model } = definition;
  const steps = await findSteps(ctx, run.id, [from.step, ...(evaluation ? [evaluation.step] : [])]);
  const { attemptId } = makerOf(definition, steps);
  const evaluationArtifactId = evaluationOf(definition, steps);
  const known =
    attemptId === null ? undefined : await versionOfAttempt(ctx, model, { attemptId, evaluationArtifactId });
  if (!known) return { type: "attempt" };
  const message = `this model is ${model} version ${known.version} already`;
  return { type: "done", change: { message, result: registration(known) } };
}

/** What judged the model: judged otherwise than before, it is a version of its own, with its own metrics. */
const evaluationOf = ({ evaluation }: RegisterDefinition, steps: readonly StepRow[]): string | null =>
  (evaluation && stepNamed(steps, evaluation.step).outputs[evaluation.output]) ?? null;

const registration = ({ model, version }: Registration): Registration => ({ model, version });

const stepNamed = (steps: readonly StepRow[], name: string): StepRow =>
  must(
    steps.find((step) => step.name === name),
    `step ${name}`,
  );

const makerOf = (definition: RegisterDefinition, steps: readonly StepRow[]): StepRow =>
  stepNamed(steps, definition.from.step);

const modelArtifactId = (definition: RegisterDefinition, steps: readonly StepRow[]): string =>
  must(
    makerOf(definition, steps).outputs[definition.from.output],
    `the output ${definition.from.step}.${definition.from.output}`,
  );

async function register(
  deps: PipelinesDeps,
  ctx: Ctx,
  { run, definition }: Open,
  check: ModelCheck,
): Promise<Registration> {
  const { model, evaluation, card } = definition;
  const steps = await findSteps(ctx, run.id);
  const maker = makerOf(definition, steps);
  const judge = evaluation === null ? null : stepNamed(steps, evaluation.step);
  const artifact = await deps.artifacts.getArtifact(ctx, modelArtifactId(definition, steps));
  const lineage = await modelLineage(deps, ctx, { steps, maker, judge });
  const mlModel = artifact.files.find((file) => file.path === "MLmodel");
  const text = (digest: string) =>
    deps.artifacts.readBlob(ctx, digest, maxTextBytes).then((bytes) => bytes.toString("utf8"));
  const python = run.pythonEnvironmentId === null ? null : await getPythonEnvironment(ctx, run.pythonEnvironmentId);
  const { version } = await registerVersion(ctx, {
    model,
    projectId: run.projectId,
    artifactId: artifact.id,
    digest: artifact.digest,
    description: "",
    card: card === null ? null : await text(card.digest),
    source: `runs:/${run.trackedRunId}/${artifact.name}`,
    trackedRunId: run.trackedRunId,
    runId: run.id,
    attemptId: maker.attemptId,
    revisionId: run.revisionId,
    pythonEnvironmentDigest:
      maker.definition.kind === "command" && maker.definition.needsPython ? (python?.digest ?? null) : null,
    evaluationArtifactId: evaluationOf(definition, steps),
    testArtifactId: lineage.testArtifactId,
    evaluateComponent: judge?.uses ?? null,
    metrics: judge?.metrics ?? maker.metrics,
    signature: check.signature && {
      inputs: check.signature.map(({ name, type, required }) => ({ name, type, required })),
      outputs: mlModel && mlModel.size <= maxTextBytes ? outputSignature(await text(mlModel.digest)) : [],
    },
    inputExample: check.inputExample,
    check,
    lineage: lineage.lineage,
    createdBy: run.requestedBy,
  });
  return version;
}
