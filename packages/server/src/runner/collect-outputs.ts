/*
 * From what a step left in $PAVE_OUTPUT to outputs with types. The listing was made by the supervisor, which took every
 * file over first; nothing here follows a link or trusts a name.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CommandWork, Metrics, OutputManifest } from "@pave/contract";
import { AttemptError } from "./attempt/attempt-error.ts";
import type { ExitReport, SealedFile } from "./attempt/exit-report.ts";

/** An output with its files; digests are added while they are uploaded. */
export interface CollectedOutput extends Omit<OutputManifest, "files"> {
  readonly files: readonly CollectedFile[];
}
export interface CollectedFile extends SealedFile {
  readonly source: string;
}

export interface CollectedOutputs {
  readonly outputs: readonly CollectedOutput[];
  readonly metrics: Metrics;
  /** What was left there and belongs to no output. */
  readonly ignored: readonly string[];
}

type Ports = CommandWork["outputs"];

const maxJsonBytes = 2 ** 20;
const tableFormats = new Set(["parquet", "csv", "tsv", "jsonl", "json"]);

export async function collectOutputs(
  step: string,
  ports: Ports,
  folder: string,
  listing: NonNullable<ExitReport["outputs"]>,
): Promise<CollectedOutputs> {
  if (listing.problems.length > 0)
    throw invalid(
      step,
      `left outputs that cannot be kept: ${listing.problems.join("; ")}; write plain files and folders`,
    );
  const claimed = new Set<string>(["metadata.json"]);
  const metadata = await readMetadata(step, folder, listing.files);
  const outputs: CollectedOutput[] = [];
  const metrics: Record<string, Metrics> = {};
  for (const [port, spec] of Object.entries(withReport(ports, listing.files))) {
    const found = findPort(step, port, listing.files);
    for (const file of found?.files ?? []) claimed.add(file.path);
    if (!found) {
      if (spec.required) throw new AttemptError("no-output", missing(step, port, spec, listing.files));
      continue;
    }
    checkFormat(step, port, spec, found);
    if (spec.type === "metrics") metrics[port] = await readMetrics(step, port, folder, found);
    const files = found.files.map((file) => ({
      ...file,
      path: file.path.slice(found.prefix.length),
      source: join(folder, file.path),
    }));
    outputs.push({
      port,
      type: spec.type,
      format: spec.format ?? found.extension,
      files,
      metadata: metadata[port] ?? {},
    });
  }
  const ignored = listing.files.map((file) => file.path).filter((path) => !claimed.has(path));
  return { outputs, metrics: mergeMetrics(metrics), ignored };
}

interface FoundPort {
  readonly files: readonly SealedFile[];
  /** What of the path is the port's folder, to be cut off. */
  readonly prefix: string;
  readonly extension: string | null;
}

/** A step may always leave a report, declared or not. */
function withReport(ports: Ports, files: readonly SealedFile[]): Ports {
  const hasReport = files.some((file) => file.path === "report/report.json");
  return hasReport && !("report" in ports)
    ? { ...ports, report: { type: "report", format: null, required: false } }
    : ports;
}

function findPort(step: string, port: string, files: readonly SealedFile[]): FoundPort | undefined {
  const inFolder = files.filter((file) => file.path.startsWith(`${port}/`));
  const single = files.filter(
    (file) => !file.path.includes("/") && (file.path === port || file.path.startsWith(`${port}.`)),
  );
  const ways = [...single.map((file) => file.path), ...(inFolder.length > 0 ? [`${port}/`] : [])];
  if (ways.length > 1)
    throw invalid(step, `wrote output \`${port}\` ${ways.length} times (${ways.slice(0, 5).join(", ")}); keep one`);
  if (inFolder.length > 0) return { files: inFolder, prefix: `${port}/`, extension: null };
  const [file] = single;
  return file ? { files: [file], prefix: "", extension: file.path.slice(port.length + 1) || null } : undefined;
}

function missing(step: string, port: string, spec: Ports[string], files: readonly SealedFile[]): string {
  const expected =
    spec.type === "metrics"
      ? `$PAVE_OUTPUT/${port}.json`
      : `$PAVE_OUTPUT/${port}/ or ${port}.${spec.format ?? "<ext>"}`;
  const top = [...new Set(files.map((file) => (file.path.includes("/") ? `${file.path.split("/")[0]}/` : file.path)))];
  const found = top.length === 0 ? "nothing" : top.slice(0, 8).join(", ");
  return `step ${step} wrote no output \`${port}\`: expected ${expected}, found ${found}; write it there before the step ends, or remove it from the outputs in component.yaml`;
}

function checkFormat(step: string, port: string, spec: Ports[string], found: FoundPort): void {
  const { extension } = found;
  if (spec.format === null || extension === null || extension === spec.format) return;
  if (!tableFormats.has(spec.format) || !tableFormats.has(extension)) return;
  throw invalid(
    step,
    `output \`${port}\`: expected format ${spec.format}, found ${port}.${extension}; write ${spec.format}, or declare the format ${extension} in component.yaml`,
  );
}

async function readMetrics(step: string, port: string, folder: string, found: FoundPort): Promise<Metrics> {
  const [file] = found.files;
  const place = `output \`${port}\``;
  if (!file || found.extension !== "json")
    throw invalid(step, `${place}: expected the file $PAVE_OUTPUT/${port}.json; write metrics as one JSON object`);
  const value = await readSmallJson(step, folder, file);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(step, `${place}: expected one JSON object of names to numbers, found ${kindOf(value)}`);
  for (const [name, number] of Object.entries(value)) {
    if (typeof number !== "number" || !Number.isFinite(number))
      throw invalid(
        step,
        `${place}: expected a finite number for \`${name}\`, found ${JSON.stringify(number)?.slice(0, 80)}; leave it out or write a number`,
      );
  }
  return value as Metrics;
}

/** One set of metrics keeps its names; several are told apart by their port. */
function mergeMetrics(metrics: Record<string, Metrics>): Metrics {
  const sets = Object.entries(metrics);
  const [only] = sets;
  if (sets.length === 1 && only) return only[1];
  return Object.fromEntries(
    sets.flatMap(([port, values]) => Object.entries(values).map(([name, value]) => [`${port}.${name}`, value])),
  );
}

async function readMetadata(
  step: string,
  folder: string,
  files: readonly SealedFile[],
): Promise<Record<string, Record<string, unknown>>> {
  const file = files.find((candidate) => candidate.path === "metadata.json");
  if (!file) return {};
  const value = await readSmallJson(step, folder, file);
  const isObject = (part: unknown): boolean => typeof part === "object" && part !== null && !Array.isArray(part);
  if (!isObject(value) || !Object.values(value as object).every(isObject))
    throw invalid(step, 'metadata.json: expected an object with one object per output, as {"table": {"rows": 5}}');
  return value as Record<string, Record<string, unknown>>;
}

async function readSmallJson(step: string, folder: string, file: SealedFile): Promise<unknown> {
  if (file.size > maxJsonBytes) throw invalid(step, `${file.path}: expected at most 1 MiB, found ${file.size} bytes`);
  const text = await readFile(join(folder, file.path), "utf8");
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const place = /\b(NaN|-?Infinity)\b/.exec(text)?.[1];
    throw invalid(
      step,
      `${file.path}: expected JSON, found ${place ? `${place}, which JSON does not know` : "something else"}; write it with a JSON library${place ? ", without such values" : ""}`,
    );
  }
}

const kindOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;

const invalid = (step: string, message: string): AttemptError =>
  new AttemptError(
    "invalid-output",
    /^(left|wrote) /.test(message) ? `step ${step} ${message}` : `step ${step}: ${message}`,
  );
