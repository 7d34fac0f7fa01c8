/**
 * Runs the tests that a component declares in its own `component.yaml`. What may be expected of
 *   a metrics or report port:    values of its JSON, by dotted path: `{ accuracy: "> 0.8", slices.0.column: origin }`
 *   a dataset or model port:     values of its metadata: `{ rows: "> 100", columns: [date, late] }`
 *   any port:                    `present`
 *   `error`:                     exit code 1 and this text on stderr
 * Every output port that is required must have been written by a test that expects no error.
 */
import { join } from "node:path";
import type { Json } from "../step.ts";
import { type ComponentFolder, fillParams, type Params } from "./component-folder.ts";
import { type ComponentRun, runComponent } from "./run-component.ts";

export interface ComponentTestResult {
  readonly name: string;
  readonly seconds: number;
  /** Empty when the test passed. */
  readonly failures: readonly string[];
}

type ComponentTest = ComponentFolder["spec"]["tests"][number];

export async function runComponentTests(component: ComponentFolder): Promise<readonly ComponentTestResult[]> {
  const results: ComponentTestResult[] = [];
  for (const test of component.spec.tests) results.push(await runTest(component, test));
  return results;
}

async function runTest(component: ComponentFolder, test: ComponentTest): Promise<ComponentTestResult> {
  const { problems } = fillParams(component.spec, test.with as Params);
  if (problems.length > 0)
    return { name: test.name, seconds: 0, failures: problems.map((problem) => `with.${problem}`) };

  const inputs = Object.fromEntries(
    Object.entries(test.inputs).map(([port, path]) => [port, join(component.path, path)]),
  );
  const metadata = Object.fromEntries(Object.entries(test.inputs).map(([port, path]) => [port, { path }]));
  using run = await runComponent(component, { inputs, metadata, params: test.with as Params });
  return { name: test.name, seconds: run.seconds, failures: findFailures(component, test, run) };
}

function findFailures(component: ComponentFolder, test: ComponentTest, run: ComponentRun): readonly string[] {
  const { error, ...ports } = test.expect;
  if (error !== undefined) {
    const isExpected = run.exitCode === 1 && run.stderr.startsWith("error: ") && run.stderr.includes(String(error));
    return isExpected
      ? []
      : [`error: expected exit code 1 and "${error}", found exit code ${run.exitCode} and "${run.stderr.trim()}"`];
  }
  if (run.exitCode !== 0) return [`exit code: expected 0, found ${run.exitCode}: ${run.stderr.trim()}`];
  const absent = Object.entries(component.spec.outputs)
    .filter(([port, output]) => output.required && run.outputPath(port) === null)
    .map(([port]) => `${port}: expected a file or a folder, found nothing`);
  return [
    ...absent,
    ...Object.entries(ports).flatMap(([port, expected]) => comparePort(component, run, port, expected)),
  ];
}

function comparePort(
  component: ComponentFolder,
  run: ComponentRun,
  port: string,
  expected: unknown,
): readonly string[] {
  const output = component.spec.outputs[port];
  if (output === undefined) return [`${port}: expected an output of the component, found none of that name`];
  if (expected === "present" || typeof expected !== "object" || expected === null) {
    return expected === "present"
      ? []
      : [`${port}: expected \`present\` or a map in the test, found ${JSON.stringify(expected)}`];
  }
  const isJson = output.type === "metrics" || output.type === "report";
  const actual = isJson ? run.readJson(port) : (run.metadata[port] ?? {});
  return Object.entries(expected).flatMap(([path, value]) => {
    const found = valueAt(actual, path);
    return holds(value, found)
      ? []
      : [`${port}.${path}: expected ${JSON.stringify(value)}, found ${JSON.stringify(found)}`];
  });
}

function valueAt(value: Json, path: string): Json | undefined {
  let current: Json | undefined = value;
  for (const key of path.split(".")) {
    if (typeof current !== "object" || current === null) return undefined;
    current = (current as { readonly [key: string]: Json })[key];
  }
  return current;
}

/** `"> 0.8"` compares numbers; a list of texts is compared with the names of a list of named things. */
function holds(expected: unknown, found: Json | undefined): boolean {
  const comparison = typeof expected === "string" ? /^(>=|<=|>|<)\s*(-?[\d.]+(?:e-?\d+)?)$/.exec(expected) : null;
  if (comparison !== null)
    return typeof found === "number" && compares(found, comparison[1] ?? "", Number(comparison[2]));
  if (Array.isArray(expected) && Array.isArray(found)) {
    const names = found.map((item) => (typeof item === "object" && item !== null && "name" in item ? item.name : item));
    return JSON.stringify(names) === JSON.stringify(expected);
  }
  if (typeof expected === "number" && typeof found === "number")
    return Math.abs(expected - found) <= 1e-9 * Math.max(1, Math.abs(expected));
  return JSON.stringify(found) === JSON.stringify(expected);
}

function compares(found: number, operator: string, limit: number): boolean {
  if (operator === ">") return found > limit;
  if (operator === ">=") return found >= limit;
  if (operator === "<") return found < limit;
  return found <= limit;
}
