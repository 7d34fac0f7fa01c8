import type { ArtifactType, ProjectSpec } from "@pave/contract";
import { type SpecPath, suggestion } from "../../../kernel/spec/index.ts";
import type { ResolvedComponent } from "../../components/index.ts";
import { checkRollout } from "./check-rollout.ts";
import type { Finding } from "./finding.ts";

/** Type-checks a gate of a release, or a condition to abort a rollout. */
export type GateCheck = (
  expression: string,
  about?: "release" | "rollout",
) => readonly { readonly message: string; readonly fix?: string }[];

export interface ReferenceSurroundings {
  readonly components: ReadonlyMap<string, ResolvedComponent>;
  readonly files: ReadonlySet<string>;
  readonly checkGate: GateCheck;
}

/** What models, gates, endpoints and monitors refer to is there and of the right type. */
export function checkReferences(spec: ProjectSpec, surroundings: ReferenceSurroundings): Finding[] {
  const findings: Finding[] = [];
  const expectOutput = (path: SpecPath, reference: string, type: ArtifactType) =>
    findings.push(...checkOutput(spec, path, reference, type, surroundings.components));

  for (const [name, model] of Object.entries(spec.models)) {
    const path = ["models", name];
    const before = findings.length;
    expectOutput([...path, "from"], model.from, "model");
    if (model.evaluation !== undefined) {
      const at = [...path, "evaluation"];
      expectOutput(at, model.evaluation, "metrics");
      if (findings.length === before) findings.push(...checkEvaluation(spec, at, model.from, model.evaluation));
    }
    if (model.card !== undefined && !surroundings.files.has(model.card)) {
      findings.push({
        path: [...path, "card"],
        message: `there is no file \`${model.card}\` in the project${suggestion(model.card, surroundings.files)}`,
        fix: "add the model card, or remove `card`",
      });
    }
  }
  for (const [name, endpoint] of Object.entries(spec.serve)) {
    const known = Object.keys(spec.models);
    if (!known.includes(endpoint.model) && !mayBeRegistered(spec, surroundings.components)) {
      findings.push({
        path: ["serve", name, "model"],
        message: `there is no model \`${endpoint.model}\` under \`models\`${suggestion(endpoint.model, known)}`,
        fix: known.length > 0 ? `use one of ${known.join(", ")}` : "add it under `models:`",
      });
    }
    if (endpoint.kind !== "online") {
      findings.push({
        path: ["serve", name, "kind"],
        message: `\`serve.${name}.kind\`: expected online, found ${endpoint.kind}, which cannot be released yet`,
        fix: "use `kind: online`",
      });
    }
    findings.push(...checkRollout(["serve", name, "rollout"], endpoint.rollout, surroundings.checkGate));
  }
  if (spec.monitor.drift) expectOutput(["monitor", "drift", "reference"], spec.monitor.drift.reference, "dataset");
  for (const [index, gate] of spec.gates.entries()) {
    for (const key of ["check", "when"] as const) {
      const expression = gate[key];
      if (expression === undefined) continue;
      for (const problem of surroundings.checkGate(expression))
        findings.push({ path: ["gates", index, key], ...problem });
    }
  }
  return findings;
}

/**
 * Whether models come from elsewhere than `models:`: from code that runs as it is and registers what it logged, or from
 * clients, where `models:` has none at all. Which, is known only once they are registered.
 */
export const mayBeRegistered = (spec: ProjectSpec, components: ReadonlyMap<string, ResolvedComponent>): boolean =>
  Object.keys(spec.models).length === 0 ||
  [...components.values()].some(({ builtin, spec }) => builtin !== null && spec.run.registers);

function checkOutput(
  spec: ProjectSpec,
  path: SpecPath,
  reference: string,
  type: ArtifactType,
  components: ReadonlyMap<string, ResolvedComponent>,
): Finding[] {
  const [pipelineName = "", stepName = "", outputName = ""] = reference.split(".");
  const pipeline = own(spec.pipelines, pipelineName);
  if (!pipeline) return [unknown(path, reference, "pipeline", pipelineName, Object.keys(spec.pipelines))];
  const step = own(pipeline.steps, stepName);
  if (!step)
    return [unknown(path, reference, `step of pipeline \`${pipelineName}\``, stepName, Object.keys(pipeline.steps))];
  const component = components.get(step.uses);
  if (!component) return [];
  const output = own(component.spec.outputs, outputName);
  if (!output)
    return [
      unknown(path, reference, `output of step \`${stepName}\``, outputName, Object.keys(component.spec.outputs)),
    ];
  if (output.type === type) return [];
  const fitting = Object.entries(component.spec.outputs).flatMap(([name, port]) =>
    port.type === type ? [`${pipelineName}.${stepName}.${name}`] : [],
  );
  return [
    {
      path,
      message: `\`${reference}\`: expected an output of type ${type}, found ${output.type}`,
      fix: fitting.length > 0 ? `use ${fitting.join(" or ")}` : `name a step that gives a ${type}`,
    },
  ];
}

/** A gate compares a model with its own numbers: the evaluation must be of this model, in the same pipeline. */
function checkEvaluation(spec: ProjectSpec, path: SpecPath, from: string, evaluation: string): Finding[] {
  const [pipelineName = "", stepName = ""] = evaluation.split(".");
  const step = own(own(spec.pipelines, pipelineName)?.steps ?? {}, stepName);
  if (!step || Object.values(step.inputs).some((source) => `${pipelineName}.${source}` === from)) return [];
  return [
    {
      path,
      message: `step \`${stepName}\` does not evaluate \`${from}\`: none of its inputs is that model`,
      fix: `connect one of its inputs to \`${from.slice(from.indexOf(".") + 1)}\``,
    },
  ];
}

const unknown = (path: SpecPath, reference: string, what: string, name: string, known: readonly string[]): Finding => ({
  path,
  message: `\`${reference}\`: there is no ${what} named \`${name}\`${suggestion(name, known)}`,
  fix: known.length > 0 ? `use one of ${known.join(", ")}` : "add it first",
});

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
