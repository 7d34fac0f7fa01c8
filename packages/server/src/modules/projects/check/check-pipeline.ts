import type { PipelineSpec, StepSpec } from "@pave/contract";
import { orList, type SpecPath, suggestion } from "../../../kernel/spec/index.ts";
import { connectionParamOf, type ResolvedComponent, runsOursAlone } from "../../components/index.ts";
import { bindEnv, type KnownNames, nameFinding } from "./bind-env.ts";
import { bindStep } from "./bind-step.ts";
import { checkConnection, producer, unknownStep } from "./check-connection.ts";
import { checkStepPython } from "./check-step-python.ts";
import { findCycle } from "./find-cycle.ts";
import type { Finding } from "./finding.ts";
import type { Vars } from "./substitute-vars.ts";

/** What a pipeline is checked against. */
export interface PipelineSurroundings {
  /** By `uses`; what could not be resolved is not in it and was told already. */
  readonly components: ReadonlyMap<string, ResolvedComponent>;
  readonly files: ReadonlySet<string>;
  readonly vars: Vars;
  readonly computes: readonly string[];
  /** Lock of the project's Python environment, if it has one. */
  readonly pythonLock: string | undefined;
  /** Secrets and connections of the project; absent before it exists. */
  readonly known?: KnownNames | undefined;
}

export function checkPipeline(name: string, pipeline: PipelineSpec, surroundings: PipelineSurroundings): Finding[] {
  const base = ["pipelines", name, "steps"];
  const steps = new Map(Object.entries(pipeline.steps));
  if (steps.size === 0)
    return [{ path: base, message: `pipeline \`${name}\` has no steps`, fix: "add a step, or remove the pipeline" }];
  const findings = [...steps].flatMap(([stepName, step]) =>
    checkStep([...base, stepName], stepName, step, steps, surroundings),
  );

  const needs = new Map(
    [...steps].map(([stepName, step]) => [
      stepName,
      [...Object.values(step.inputs).map(producer), ...step.needs].filter(
        (other) => steps.has(other) && other !== stepName,
      ),
    ]),
  );
  const cycle = findCycle(needs);
  if (cycle) {
    const [first = ""] = cycle;
    findings.push({
      path: [...base, first],
      key: true,
      message: `the steps of pipeline \`${name}\` wait for each other in a circle: ${[...cycle].reverse().join(" → ")}`,
      fix: "remove one of these connections",
    });
  }
  return findings;
}

function checkStep(
  path: SpecPath,
  name: string,
  step: StepSpec,
  steps: ReadonlyMap<string, StepSpec>,
  surroundings: PipelineSurroundings,
): Finding[] {
  const findings: Finding[] = [];
  if (!surroundings.computes.includes(step.compute)) {
    findings.push({
      path: [...path, "compute"],
      message: `there is no compute \`${step.compute}\`${suggestion(step.compute, surroundings.computes)}`,
      fix: `use ${orList(surroundings.computes)}`,
    });
  }
  for (const [index, other] of step.needs.entries()) {
    if (!steps.has(other)) findings.push(unknownStep([...path, "needs", index], other, steps));
    else if (other === name)
      findings.push({
        path: [...path, "needs", index],
        message: `step \`${name}\` waits for itself`,
        fix: "remove it",
      });
  }
  const env = bindEnv(step.env, surroundings.vars, surroundings.known);
  findings.push(...env.findings.map((finding) => ({ ...finding, path: [...path, "env", ...finding.path] })));
  const component = surroundings.components.get(step.uses);
  if (component && runsOursAlone(component) && Object.keys(step.env).length > 0)
    findings.push({
      path: [...path, "env"],
      key: true,
      message: `\`${step.uses}\` takes no variables: it runs code of Pave's alone, which reads none`,
      fix: "remove `env:`; what the component takes stands under `with:`",
    });
  for (const [port, source] of Object.entries(step.inputs))
    findings.push(
      ...checkConnection([...path, "inputs", port], name, port, source, component, steps, surroundings.components),
    );
  if (component)
    findings.push(
      ...checkBinding(path, name, step, component, surroundings),
      ...checkStepPython(path, component, surroundings.pythonLock),
    );
  return findings;
}

/** `with:` and the inputs together: nothing is missing, nothing twice, files are there and of a format that is read. */
function checkBinding(
  path: SpecPath,
  name: string,
  step: StepSpec,
  component: ResolvedComponent,
  surroundings: PipelineSurroundings,
): Finding[] {
  const { spec } = component;
  const bound = bindStep(spec, step.with, surroundings.vars);
  const findings: Finding[] = bound.findings.map((finding) =>
    finding.path.length === 0
      ? { ...finding, path, key: true }
      : { ...finding, path: [...path, "with", ...finding.path] },
  );
  for (const [port, file] of Object.entries(bound.files)) {
    const at = [...path, "with", port];
    const formats = own(spec.inputs, port)?.format;
    if (Object.hasOwn(step.inputs, port))
      findings.push({
        path: at,
        message: `input \`${port}\` of step \`${name}\` is given twice: as a file and as \`${step.inputs[port]}\``,
        fix: "keep one of the two",
      });
    else if (!surroundings.files.has(file))
      findings.push({
        path: at,
        message: `there is no file \`${file}\` in the project${suggestion(file, surroundings.files)}`,
        fix: "check the path, and that the file is not ignored by git",
      });
    else if (formats && !formats.includes(formatOf(file)))
      findings.push({
        path: at,
        message: `\`${file}\`: expected a file of the format ${orList(formats)}, found one that ends in \`${ending(file)}\``,
        fix: "convert the file, or correct its ending",
      });
  }
  const connection = connectionParamOf(component);
  const named = connection === undefined ? undefined : bound.params[connection];
  if (connection !== undefined && typeof named === "string" && surroundings.known)
    findings.push(
      ...nameFinding(
        { what: "connection", command: `pave connections add ${named} --type …` },
        named,
        [...path, "with", connection],
        surroundings.known.connections,
        surroundings.known.environment,
      ),
    );
  for (const [port, input] of Object.entries(spec.inputs)) {
    if (!input.required || Object.hasOwn(step.inputs, port) || Object.hasOwn(step.with, port)) continue;
    findings.push({
      path,
      key: true,
      message: `input \`${port}\` of step \`${name}\` is missing: ${spec.name} takes a ${input.type}`,
      fix: `add \`inputs: { ${port}: <step>.<output> }\`${input.file ? ` or \`with: { ${port}: <path> }\`` : ""}`,
    });
  }
  return findings;
}

const aliases: Readonly<Record<string, string>> = { tab: "tsv", pq: "parquet", ndjson: "jsonl", yml: "yaml" };

/** `data/a.csv.gz` is csv. */
function formatOf(path: string): string {
  const last = ending(path.toLowerCase().replace(/\.gz$/, "")).slice(1);
  return aliases[last] ?? last;
}

const ending = (path: string): string => /\.[^./]+$/.exec(path)?.[0] ?? path.slice(path.lastIndexOf("/") + 1);

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
