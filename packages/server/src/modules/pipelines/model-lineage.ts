import type { Ctx } from "../../db/context.ts";
import type { ArtifactRow } from "../artifacts/index.ts";
import type { ModelLineage } from "../models/index.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import { type Binding, bindingText, type CommandDefinition } from "./step-definition.ts";
import { artifactOf } from "./step-inputs.ts";
import type { StepRow } from "./step-store.ts";

export interface FoundLineage {
  readonly lineage: ModelLineage;
  /** The dataset that the model was judged on. */
  readonly testArtifactId: string | null;
}

/**
 * What a model was made from: the files of the project at the far end, the datasets that its maker and its judge read,
 * and the component of every step on the way.
 */
export async function modelLineage(
  deps: Pick<PipelinesDeps, "artifacts" | "connections">,
  ctx: Ctx,
  { steps, maker, judge }: { steps: readonly StepRow[]; maker: StepRow; judge: StepRow | null },
): Promise<FoundLineage> {
  const involved = commandsOf([...ancestors(steps, maker), maker, ...(judge ? [judge] : [])]);
  const near = commandsOf([maker, ...(judge ? [judge] : [])]);
  const datasets = near.flatMap(({ definition }) => datasetBindings(definition));
  const outputs = new Map(steps.map((step) => [step.name, step.outputs]));
  const ids = new Map(datasets.flatMap((binding) => pair(bindingText(binding), artifactOf(binding, outputs))));
  const reportId = judge?.outputs.report ?? null;
  const rows = new Map(
    (await deps.artifacts.getArtifacts(ctx, [...new Set(ids.values())])).map((row) => [row.id, row]),
  );
  const judgeDefinition = judge === null ? undefined : commandsOf([judge])[0];
  const testBinding = judgeDefinition && datasetBindings(judgeDefinition.definition)[0];
  return {
    testArtifactId: (testBinding && artifactOf(testBinding, outputs)) ?? null,
    lineage: {
      datasets: [
        ...sourceFiles(involved),
        ...(await readThrough(deps, ctx, involved)),
        ...[...ids].flatMap(([name, id]) => datasetOf(name, rows.get(id))),
      ],
      components: involved.map(({ step, definition }) => ({
        step: step.name,
        uses: step.uses,
        digest: definition.component.digest,
      })),
      evaluation:
        judge === null || judgeDefinition === undefined
          ? null
          : {
              step: judge.name,
              uses: judge.uses,
              params: judgeDefinition.definition.params,
              reportArtifactId: reportId,
            },
    },
  };
}

interface Command {
  readonly step: StepRow;
  readonly definition: CommandDefinition;
}

function commandsOf(steps: readonly StepRow[]): Command[] {
  const unique = [...new Map(steps.map((step) => [step.name, step])).values()];
  return unique.flatMap((step) => (step.definition.kind === "command" ? [{ step, definition: step.definition }] : []));
}

/** Everything that a step stands on, in the order of the run. */
function ancestors(steps: readonly StepRow[], of: StepRow): StepRow[] {
  const needed = new Set(of.needs);
  // The steps of a run are in order, so going backwards meets every step after all that need it.
  for (const step of steps.toReversed()) if (needed.has(step.name)) for (const need of step.needs) needed.add(need);
  return steps.filter((step) => needed.has(step.name));
}

const datasetBindings = (definition: CommandDefinition): Binding[] =>
  Object.entries(definition.bindings).flatMap(([port, binding]) =>
    definition.inputs[port]?.type === "dataset" ? [binding] : [],
  );

function sourceFiles(commands: readonly Command[]): ModelLineage["datasets"] {
  const files = commands
    .flatMap(({ definition }) => datasetBindings(definition))
    .flatMap((binding) => (binding.from === "file" ? [binding.file] : []));
  return [...new Map(files.map((file) => [file.path, { name: file.path, digest: file.digest, rows: null }])).values()];
}

/** What was read through connections at the far end. */
async function readThrough(
  deps: Pick<PipelinesDeps, "connections">,
  ctx: Ctx,
  commands: readonly Command[],
): Promise<ModelLineage["datasets"]> {
  const ids = commands.flatMap(({ step, definition }) => (definition.connection ? Object.values(step.outputs) : []));
  return (await deps.connections.datasetsOf(ctx, ids)).map(
    ({ connection, environment, query, path, digest, rows }) => ({
      name: `${connection}${environment === null ? "" : ` (${environment})`}: ${shortened(query ?? path ?? "")}`,
      ...{ digest, rows },
    }),
  );
}

const shortened = (text: string): string => {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
};

function datasetOf(name: string, row: ArtifactRow | undefined): ModelLineage["datasets"][number][] {
  if (!row) return [];
  const rows = row.metadata.rows;
  return [{ name, digest: row.digest, rows: typeof rows === "number" ? rows : null }];
}

const pair = (name: string, id: string | undefined): [string, string][] => (id === undefined ? [] : [[name, id]]);
