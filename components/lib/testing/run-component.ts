/** Runs a component as a pipeline would: a child process, the step's contract, a folder of its own. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { Json } from "../step.ts";
import { type ComponentFolder, fillParams, type Params } from "./component-folder.ts";

export interface ComponentRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  readonly outputFolder: string;
  readonly metadata: { readonly [port: string]: Json };
  /** Where an output port's file or folder is, or null when the step did not write it. */
  outputPath(port: string): string | null;
  readJson(port: string): Json;
  [Symbol.dispose](): void;
}

export interface ComponentRunOptions {
  /** Absolute paths by port. */
  readonly inputs: { readonly [port: string]: string };
  readonly params?: Params;
  readonly environment?: { readonly [name: string]: string };
  /** Metadata of inputs by port, as an earlier step or the revision would have left it. */
  readonly metadata?: { readonly [port: string]: { readonly [key: string]: Json } };
}

export async function runComponent(component: ComponentFolder, options: ComponentRunOptions): Promise<ComponentRun> {
  const folder = mkdtempSync(join(tmpdir(), "pave-component-"));
  const outputFolder = join(folder, "output");
  mkdirSync(outputFolder);
  const inputPath = join(folder, "input.json");
  writeFileSync(inputPath, JSON.stringify(stepInput(component, options)));

  const started = performance.now();
  const environment = { ...options.environment, PAVE_INPUT: inputPath, PAVE_OUTPUT: outputFolder };
  const ended = await run(component, environment);
  const metadataPath = join(outputFolder, "metadata.json");
  const outputPath = (port: string) => findOutput(outputFolder, port);
  return {
    ...ended,
    seconds: (performance.now() - started) / 1000,
    outputFolder,
    metadata: existsSync(metadataPath) ? JSON.parse(readFileSync(metadataPath, "utf8")) : {},
    outputPath,
    readJson: (port) => JSON.parse(readFileSync(outputPath(port) ?? join(outputFolder, `${port}.json`), "utf8")),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function stepInput({ spec }: ComponentFolder, options: ComponentRunOptions): unknown {
  const inputs = Object.entries(options.inputs).map(([port, path]) => {
    const format = extname(path).slice(1);
    const metadata = options.metadata?.[port] ?? {};
    return [
      port,
      { type: spec.inputs[port]?.type ?? "artifact", ...(format === "" ? {} : { format }), path, metadata },
    ];
  });
  const outputs = Object.entries(spec.outputs).map(([port, { type, format }]) => [
    port,
    { type, ...(format === undefined ? {} : { format: format[0] }) },
  ]);
  return {
    apiVersion: "pave/v1",
    project: "component-tests",
    run: "test",
    step: spec.name,
    attempt: 1,
    inputs: Object.fromEntries(inputs),
    params: fillParams(spec, options.params ?? {}).params,
    outputs: Object.fromEntries(outputs),
  };
}

function run(
  component: ComponentFolder,
  environment: { readonly [name: string]: string },
): Promise<Pick<ComponentRun, "exitCode" | "stdout" | "stderr">> {
  const { command, folder } = component.spec.run;
  const [program, ...commandArguments] = command.map((part) => part.replace(/\$\{component\}/g, component.path));
  const programs: Readonly<Record<string, string>> = { node: process.execPath, python: "python3" };
  const child = spawn(programs[String(program)] ?? String(program), commandArguments, {
    cwd: folder === "project" ? join(component.path, "fixtures", "project") : component.path,
    env: { PATH: process.env.PATH, HOME: "/nonexistent", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

function findOutput(folder: string, port: string): string | null {
  const entry = readdirSync(folder).find((name) => name === port || name.slice(0, name.lastIndexOf(".")) === port);
  return entry === undefined ? null : join(folder, entry);
}
