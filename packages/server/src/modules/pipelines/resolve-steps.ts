import type { ComponentSpec, FileEntry, Problem, ProjectSpec, StepSpec } from "@pave/contract";
import { must } from "../../kernel/pave-error.ts";
import { parseBytes, parseDurationMs } from "../../kernel/time.ts";
import type { ResolvedComponent } from "../components/index.ts";
import { type BoundEnv, bindEnv, bindStep, type Vars } from "../projects/index.ts";
import type { RetryPolicy } from "./retry-policy.ts";
import type { Binding, CommandDefinition, RegisterDefinition } from "./step-definition.ts";
import type { NewStep } from "./step-store.ts";

export interface ResolveInput {
  readonly spec: ProjectSpec;
  readonly pipeline: string;
  /** By `uses`. */
  readonly components: ReadonlyMap<string, ResolvedComponent>;
  /** Of the spec, with those of this run over them. */
  readonly vars: Vars;
  /** Files of the revision. */
  readonly files: readonly FileEntry[];
}

/**
 * The steps of a run, with everything they need, from a spec that was checked with the variables of this run. What is
 * wrong here concerns the run alone: the steps that register models.
 */
export function resolveSteps(input: ResolveInput): {
  readonly steps: readonly NewStep[];
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const named = input.spec.pipelines[input.pipeline]?.steps ?? {};
  const commands = Object.entries(named).map(([name, step]) => resolveStep(input, name, step));
  const registrations = Object.entries(input.spec.models).flatMap(([model, spec]) =>
    resolveRegistration(input, model, spec, named, problems),
  );
  return { steps: inOrder([...commands, ...registrations]), problems };
}

function resolveStep(input: ResolveInput, name: string, step: StepSpec): NewStep {
  const component = must(input.components.get(step.uses), `component ${step.uses}`);
  const { params, files } = bindStep(component.spec, step.with, input.vars);
  const fromFiles = Object.entries(files).map(
    ([port, path]) => [port, { from: "file", file: must(fileOf(input.files, path), path) }] as const,
  );
  const fromSteps = Object.entries(step.inputs).map(([port, reference]) => [port, fromStep(reference)] as const);
  const bindings: Record<string, Binding> = Object.fromEntries([...fromFiles, ...fromSteps]);
  const definition = commandDefinition(step, component, {
    params,
    bindings,
    vars: declaredVars(component.spec, input.vars),
    env: bindEnv(step.env, input.vars),
    project: input.files,
  });
  return { name, kind: "command", uses: step.uses, needs: needsOf(bindings, step.needs), definition };
}

const fileOf = (files: readonly FileEntry[], path: string): FileEntry | undefined =>
  files.find((file) => file.path === path.replace(/^(\.\/)+/, ""));

function fromStep(reference: string): Binding {
  const [step = "", output = ""] = reference.split(".");
  return { from: "step", step, output };
}

function needsOf(bindings: Readonly<Record<string, Binding>>, also: readonly string[]): string[] {
  const bound = Object.values(bindings).flatMap((binding) => (binding.from === "step" ? [binding.step] : []));
  return [...new Set([...bound, ...also])];
}

const declaredVars = (spec: ComponentSpec, vars: Vars): Record<string, unknown> =>
  Object.fromEntries((spec.run.vars ?? []).map((name) => [name, vars[name] ?? null]));

type StepSettings = Pick<StepSpec, "compute" | "requests" | "timeout" | "retries" | "cache">;

export function commandDefinition(
  step: StepSettings,
  component: ResolvedComponent,
  {
    project,
    env,
    ...resolved
  }: Pick<CommandDefinition, "params" | "bindings" | "vars"> & {
    readonly env?: Pick<BoundEnv, "env" | "secrets">;
    /** Files of the revision, where there is one to run in. */
    readonly project?: readonly FileEntry[];
  },
): CommandDefinition {
  const { spec } = component;
  const requests = { ...spec.requests, ...step.requests };
  return {
    kind: "command",
    component: { name: spec.name, version: spec.version, digest: component.digest, builtin: component.builtin },
    command: spec.run.command,
    ...(component.builtin !== null && spec.run.registers ? { registers: true } : {}),
    code: component.builtin === null ? component.files : spec.run.folder === "project" ? (project ?? []) : [],
    ...resolved,
    inputs: portsOf(spec.inputs),
    outputs: portsOf(spec.outputs),
    needsPython: spec.run.python !== undefined || /^python(3(\.\d+)?)?$/.test(spec.run.command[0] ?? ""),
    compute: step.compute,
    ...envOf(env),
    requests: { cpu: requests.cpu ?? null, memory: requests.memory ?? null },
    limits: {
      timeoutMs: parseDurationMs(step.timeout ?? spec.limits.timeout) ?? 3_600_000,
      memoryBytes: spec.limits.memory === undefined ? null : (parseBytes(spec.limits.memory) ?? null),
      cpu: requests.cpu ?? null,
    },
    retries: retryPolicy(step, spec),
    cache: step.cache ?? spec.cache,
  };
}

const envOf = (bound: Pick<BoundEnv, "env" | "secrets"> | undefined): Pick<CommandDefinition, "env" | "secrets"> => ({
  ...(bound && Object.keys(bound.env).length > 0 ? { env: bound.env } : {}),
  ...(bound && bound.secrets.length > 0 ? { secrets: bound.secrets } : {}),
});

const portsOf = (ports: ComponentSpec["inputs"] | ComponentSpec["outputs"]): CommandDefinition["outputs"] =>
  Object.fromEntries(
    Object.entries(ports).map(([port, { type, format, required }]) => [
      port,
      { type, formats: format ?? null, required },
    ]),
  );

/** `retries:` of a step means: whatever goes wrong, try again that often. */
const retryPolicy = (step: StepSettings, spec: ComponentSpec): RetryPolicy =>
  step.retries === undefined ? spec.limits.retries : { max: step.retries, on: ["exit", "oom", "timeout", "infra"] };

const registerStepName = (model: string): string => `register-${model}`;

/** A model of which this pipeline makes the artifact gets a step of its own, after what makes and judges it. */
function resolveRegistration(
  input: ResolveInput,
  model: string,
  spec: ProjectSpec["models"][string],
  steps: Readonly<Record<string, StepSpec>>,
  problems: Problem[],
): NewStep[] {
  const from = splitReference(spec.from);
  if (from.pipeline !== input.pipeline) return [];
  const name = registerStepName(model);
  const problem = (key: string, message: string, fix: string) =>
    problems.push({ path: "pave.yaml", message: `models.${model}${key}: ${message}`, fix });
  if (Object.hasOwn(steps, name))
    problem(
      "",
      `the pipeline has a step named \`${name}\` already`,
      "Rename that step: the name is taken by the model's registration",
    );
  const evaluation = spec.evaluation === undefined ? null : splitReference(spec.evaluation);
  if (evaluation && evaluation.pipeline !== from.pipeline) {
    problem(
      ".evaluation",
      `expected an output of the pipeline ${from.pipeline}, found ${spec.evaluation}`,
      "Judge the model in the pipeline that makes it",
    );
  }
  const card = fileOf(input.files, spec.card ?? "model-card.md") ?? null;
  if (spec.card !== undefined && card === null)
    problem(".card", `there is no file ${spec.card} in the revision`, "Add the file, or leave the card out");
  const definition: RegisterDefinition = {
    kind: "register",
    model,
    from: { step: from.step, output: from.output },
    evaluation: evaluation && { step: evaluation.step, output: evaluation.output },
    card,
    retries: { max: 0, on: [] },
  };
  const needs = [...new Set([from.step, ...(evaluation ? [evaluation.step] : [])])];
  return [{ name, kind: "register", uses: "register", needs, definition }];
}

function splitReference(reference: string): { pipeline: string; step: string; output: string } {
  const [pipeline = "", step = "", output = ""] = reference.split(".");
  return { pipeline, step, output };
}

/** Each step after what it needs, otherwise as written. A cycle, which the check has refused, stays at the end. */
function inOrder(steps: readonly NewStep[]): NewStep[] {
  const placed = new Set<string>();
  const ordered: NewStep[] = [];
  for (let rest = [...steps]; rest.length > 0; ) {
    const next = rest.find((step) => step.needs.every((need) => placed.has(need))) ?? rest[0];
    if (!next) break;
    ordered.push(next);
    placed.add(next.name);
    rest = rest.filter((step) => step !== next);
  }
  return ordered;
}
