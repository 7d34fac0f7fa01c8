import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { getPythonEnvironment, type PythonEnvironmentRow } from "../projects/index.ts";
import { latestMetrics } from "../tracking/index.ts";
import { askCache } from "./ask-cache.ts";
import { createOutputs } from "./create-outputs.ts";
import { outputProblem } from "./output-problem.ts";
import { recordDatasets } from "./record-datasets.ts";
import type { RunRow } from "./run-store.ts";
import type { CommandDefinition } from "./step-definition.ts";
import { resolveInputs } from "./step-inputs.ts";
import type { OpenStep, StepKind, StepStart } from "./step-kinds.ts";
import { namesSecret, ownEnv, takesSecrets } from "./step-secrets.ts";

type Open = OpenStep<CommandDefinition>;

/** A step that runs a command: taken from the cache where its fields are those of an earlier result. */
export const commandStep: StepKind<CommandDefinition> = {
  workKind: "command",

  async start(deps, ctx, run, steps) {
    const python = steps.some(({ definition }) => definition.needsPython) ? await pythonOf(ctx, run) : null;
    if (python?.state === "failed") {
      throw new PaveError(
        "python.build_failed",
        `the Python environment could not be built: ${python.error ?? "no reason was given"}`,
      );
    }
    const isBuilding = python !== null && python.state !== "ready";
    const waits = ({ definition }: Open): boolean => isBuilding && definition.needsPython;
    const asked = steps.filter((open) => !waits(open) && open.definition.cache !== "off");
    const answers = await askCache(deps, ctx, run, asked, python);
    return steps.map((open): StepStart => {
      if (waits(open)) return { type: "waiting", message: "waits for the Python environment to be built" };
      return answers.get(open.step.id) ?? { type: "attempt" };
    });
  },

  async payload(deps, ctx, open, attempt) {
    const { run, step, definition } = open;
    const { artifacts } = deps;
    const inputs = await resolveInputs(artifacts, ctx, run.id, definition);
    const python = definition.needsPython ? await pythonOf(ctx, run) : null;
    return {
      kind: "command",
      attempt: attempt.number,
      project: run.project,
      run: run.id,
      step: step.name,
      command: [...definition.command],
      code: artifacts.remoteFiles(definition.code),
      builtin: definition.component.builtin,
      inputs: Object.fromEntries(
        Object.entries(inputs).map(([port, { type, format, digest, metadata, files }]) => [
          port,
          { type, format, digest, metadata: { ...metadata }, files: artifacts.remoteFiles(files) },
        ]),
      ),
      params: { ...definition.params },
      outputs: Object.fromEntries(
        Object.entries(definition.outputs).map(([port, { type, formats, required }]) => [
          port,
          { type, format: formats?.length === 1 ? (formats[0] ?? null) : null, required },
        ]),
      ),
      python: python?.request ?? null,
      env: {
        ...Object.fromEntries(
          Object.entries(definition.vars).map(([name, value]) => [variableName(name), String(value ?? "")]),
        ),
        ...plainEnv(definition),
      },
      ...(takesSecrets(definition) ? { takesSecrets: true } : {}),
      limits: definition.limits,
      // of runs that were made before a component could say: as it was then
      network: definition.network ?? "egress",
      token: attempt.token,
    };
  },

  async commit(deps, ctx, open, attempt, result) {
    const problem = outputProblem(open.definition.outputs, result.outputs);
    if (problem) return { ok: false, ...problem };
    const outputs = await createOutputs(deps, ctx, open, attempt, result.outputs);
    await recordDatasets(deps, ctx, open, attempt, { outputs, written: result.outputs });
    const metrics = { ...(open.definition.registers ? await loggedBy(ctx, attempt) : {}), ...result.metrics };
    return { ok: true, change: { attemptId: attempt.id, outputs, metrics, message: null } };
  },
};

/** Code that knows nothing of Pave gives its metrics to MLflow, and they are the step's. */
async function loggedBy(ctx: Ctx, attempt: { readonly trackedRunId: string }): Promise<Record<string, number>> {
  const logged = (await latestMetrics(ctx, [attempt.trackedRunId])).get(attempt.trackedRunId) ?? {};
  return Object.fromEntries(Object.entries(logged).filter(([, value]) => Number.isFinite(value)));
}

/** What of a step's `env:` holds no secret. */
const plainEnv = (definition: CommandDefinition): Record<string, string> =>
  Object.fromEntries(Object.entries(ownEnv(definition)).filter(([, text]) => !namesSecret(text)));

/** Variables that a component declares reach it as PAVE_VAR_<NAME>. */
const variableName = (name: string): string => `PAVE_VAR_${name.toUpperCase().replaceAll("-", "_")}`;

const pythonOf = async (ctx: Ctx, run: RunRow): Promise<PythonEnvironmentRow | null> =>
  run.pythonEnvironmentId === null ? null : getPythonEnvironment(ctx, run.pythonEnvironmentId);
