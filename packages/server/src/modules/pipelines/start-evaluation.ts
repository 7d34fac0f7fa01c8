import { type Ctx, inTransaction } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import type { ResolvedComponent } from "../components/index.ts";
import { bindStep, getRevision } from "../projects/index.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import { commandDefinition } from "./resolve-steps.ts";
import { createRun, needsPython } from "./start-run.ts";
import type { Binding } from "./step-definition.ts";

/** The names of pipeline and step of every evaluation. */
const evaluationPipeline = "evaluation";
export const evaluationStep = "evaluate";

export interface StartEvaluation {
  readonly projectId: string;
  readonly project: string;
  readonly revisionId: string;
  /** The model to be judged. */
  readonly modelArtifactId: string;
  /** The dataset to judge it on. */
  readonly testArtifactId: string;
  /** The component that judges, as a spec names it. */
  readonly uses: string;
  /** The code it must be; another one, such as that of a newer release of Pave, would give figures of another kind. */
  readonly componentDigest?: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message: string;
  readonly cause?: Readonly<Record<string, unknown>>;
}

/**
 * Judges a model that is there already, on data that is there already, in a run of its own. It is cached by content as
 * every step is, so judging the same pair twice costs nothing.
 */
export async function startEvaluation(
  deps: PipelinesDeps,
  ctx: Ctx,
  input: StartEvaluation,
): Promise<{ id: string; number: number }> {
  const revision = await getRevision(ctx, input.projectId, input.revisionId);
  const component = await deps.components.resolveComponent(ctx, input.uses, revision);
  if (input.componentDigest !== undefined && component.digest !== input.componentDigest) {
    throw new PaveError(
      "component.invalid",
      `${input.uses} is not the code any more that judged the candidate: expected ${input.componentDigest.slice(0, 19)}, found ${component.digest.slice(0, 19)}`,
      { fix: "Run the pipeline again, so that the candidate is judged by the code of today" },
    );
  }
  const bindings = {
    [portOf(component, "model")]: { from: "artifact", artifactId: input.modelArtifactId },
    [portOf(component, "dataset")]: { from: "artifact", artifactId: input.testArtifactId },
  } satisfies Record<string, Binding>;
  const { params } = bindStep(component.spec, input.params, {});
  const settings = { compute: "local", requests: {}, timeout: undefined, retries: undefined, cache: undefined };
  const definition = commandDefinition(settings, component, { params, bindings, vars: {} });
  const step = { name: evaluationStep, kind: "command", uses: input.uses, needs: [], definition } as const;

  return inTransaction(ctx, async (ctx) => {
    const environment = needsPython(step) ? await deps.projects.ensurePythonEnvironment(ctx, revision) : null;
    return createRun(ctx, {
      kind: "evaluation",
      projectId: input.projectId,
      project: input.project,
      revisionId: revision.id,
      pipeline: evaluationPipeline,
      vars: {},
      steps: [step],
      message: input.message,
      refresh: false,
      environment: null,
      pythonEnvironmentId: environment?.id ?? null,
      cause: input.cause ?? {},
    });
  });
}

/** The component's one input of a type: which port takes the model, which the data. */
function portOf({ spec, uses }: ResolvedComponent, type: "model" | "dataset"): string {
  const ports = Object.entries(spec.inputs).filter(([, port]) => port.type === type && port.required);
  const [first, ...others] = ports;
  if (first && others.length === 0) return first[0];
  throw new PaveError(
    "component.invalid",
    `${uses} cannot judge a model: expected one required input of type ${type}, found ${ports.length}`,
    {
      fix: "Judge with a component that takes a model and a dataset, such as pave/evaluate-classifier@1",
    },
  );
}
