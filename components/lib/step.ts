/**
 * The contract between Pave and a step, seen from inside the step.
 *
 * In:  `PAVE_INPUT` names a JSON file (ports with local paths, typed params, the outputs that are wanted),
 *      `PAVE_OUTPUT` an empty folder.
 * Out: one file `<port>.<ext>` or one folder `<port>/` per output port, and an optional `metadata.json`.
 * End: exit 0, or exit 1 with one line on stderr that names the place, what was expected, what was found and the fix.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** An artifact on local disk: `path` is the file itself, or a folder when the artifact has several files. */
export interface InputPort {
  readonly type: string;
  readonly format?: string;
  readonly path: string;
  readonly digest?: string;
  readonly metadata?: { readonly [key: string]: Json };
}

export interface OutputPort {
  readonly type: string;
  readonly format?: string;
}

export interface Step {
  readonly project: string;
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  readonly inputs: { readonly [port: string]: InputPort };
  readonly params: { readonly [name: string]: Json };
  readonly outputs: { readonly [port: string]: OutputPort };
  readonly outputFolder: string;
}

/** A mistake in the user's data, SQL or settings: shown as it is, without a stack trace. */
export class StepError extends Error {}

export interface Problem {
  readonly expected: string;
  readonly found: string;
  readonly fix: string;
}

export function fail(place: string, problem: Problem): never {
  throw new StepError(`${place}: expected ${problem.expected}, found ${problem.found}; ${problem.fix}`);
}

/** Runs a component's main function and turns whatever it throws into one line on stderr and exit code 1. */
export async function runStep(main: (step: Step) => Promise<void>): Promise<void> {
  try {
    await main(readStep());
  } catch (error) {
    process.stderr.write(`error: ${describe(error)}\n`);
    if (process.env.PAVE_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  }
}

/** One line of progress on stdout. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The file of an input port; fails with the port's name when the step was started without it. */
export function requireInput(step: Step, port: string): InputPort {
  const input = step.inputs[port];
  if (input === undefined) {
    fail(`input ${port}`, {
      expected: "an artifact or a file",
      found: "nothing",
      fix: `connect it in pave.yaml with \`inputs: { ${port}: <step>.<port> }\` or name a file with \`with: { ${port}: … }\``,
    });
  }
  if (!existsSync(input.path)) {
    fail(placeOf(step, port), {
      expected: "a file that can be read",
      found: "no such file",
      fix: "check the path, and that the file is not ignored by git",
    });
  }
  return input;
}

/** Ports that are usually files of the project, whose names their owner knows. */
const filePorts = ["source", "sql", "expectations"];

/** What to call an input in a message: its path in the project where Pave told it, otherwise file name or port. */
export function placeOf(step: Step, port: string): string {
  const input = step.inputs[port];
  const path = input?.metadata?.path;
  if (typeof path === "string") return path;
  return input !== undefined && filePorts.includes(port) ? basename(input.path) : `input ${port}`;
}

export function outputPath(step: Step, fileName: string): string {
  return join(step.outputFolder, fileName);
}

export function writeJson(step: Step, fileName: string, value: Json): void {
  writeFileSync(outputPath(step, fileName), `${JSON.stringify(value, null, 1)}\n`);
}

/** Small facts per output port that the portal shows beside the artifact. */
export function writeMetadata(step: Step, metadata: { readonly [port: string]: Json }): void {
  writeJson(step, "metadata.json", metadata);
}

function readStep(): Step {
  const inputPath = process.env.PAVE_INPUT;
  const outputFolder = process.env.PAVE_OUTPUT;
  if (!inputPath || !outputFolder) {
    fail("environment", {
      expected: "PAVE_INPUT (a JSON file) and PAVE_OUTPUT (a folder)",
      found: `${inputPath ? "no PAVE_OUTPUT" : "no PAVE_INPUT"}`,
      fix: "a component is started by a pipeline; try `pave run`",
    });
  }
  const input = parseInput(inputPath);
  return { ...input, outputFolder };
}

function parseInput(path: string): Omit<Step, "outputFolder"> {
  let parsed: Partial<Step>;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8")) as Partial<Step>;
  } catch (error) {
    fail(basename(path), {
      expected: "the step's input as JSON",
      found: describe(error),
      fix: "run the step again; if it stays, report it",
    });
  }
  return {
    project: parsed.project ?? "",
    run: parsed.run ?? "",
    step: parsed.step ?? "",
    attempt: parsed.attempt ?? 1,
    inputs: parsed.inputs ?? {},
    params: parsed.params ?? {},
    outputs: parsed.outputs ?? {},
  };
}

function describe(error: unknown): string {
  if (error instanceof StepError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith("Out of Memory Error")) {
    return `memory: expected the step to fit its limit, found more data than that; raise \`requests.memory\` of the step`;
  }
  return firstLine(message);
}

export function countRows(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}

/** Foreign messages run over many lines; the first one says what happened. */
export function firstLine(message: string): string {
  return message.split("\n", 1)[0]?.trim() ?? "";
}
