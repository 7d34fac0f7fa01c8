import { lstat, readdir, realpath } from "node:fs/promises";
import { join, relative } from "node:path";
import type { ModelCheck } from "@pave/contract";
import { ModelProblem } from "../model/model-problem.ts";
import { type OpenModel, openModel } from "../model/open-model.ts";
import { compareWithReference, type Reference, readReference, scoreRows } from "../model/reference.ts";

/** Does the work of the check within the throw-away process. Never throws for what is wrong with the model. */
export async function scoreFolder(folder: string): Promise<ModelCheck> {
  const found: { -readonly [K in keyof ModelCheck]: ModelCheck[K] } = {
    ok: false,
    rows: 0,
    maxDifference: null,
    loadMs: null,
    p50Ms: null,
    batchMs: null,
    rssBytes: null,
    signature: null,
    inputExample: null,
  };
  try {
    await refuseOutsideLinks(folder);
    const emptyRssBytes = process.memoryUsage.rss();
    const started = performance.now();
    const model = await openModel(folder);
    found.loadMs = round(performance.now() - started);
    found.signature = [...model.features];
    found.inputExample = model.example ? { ...model.example } : null;

    const reference = await readReference(folder);
    if (reference) {
      const predictions = await scoreRows(model, reference.inputs);
      found.rows = reference.inputs.length;
      found.maxDifference = compareWithReference(predictions, reference.outputs);
    } else if (model.example) {
      await scoreRows(model, [model.example]);
    }
    const row = reference?.inputs[0] ?? model.example;
    if (row) {
      found.p50Ms = await medianMs(model, [row]);
      found.batchMs = await batchMs(model, row, found.p50Ms);
    }
    found.heldBytes = Math.max(0, process.memoryUsage.rss() - emptyRssBytes);
    found.ok = true;
  } catch (error) {
    found.problem =
      error instanceof ModelProblem
        ? error.message
        : `the model cannot be scored: ${String(error).replace(/\s+/g, " ").slice(0, 300)}`;
  }
  found.rssBytes = process.memoryUsage.rss();
  return found;
}

/** onnxruntime itself refuses external data outside of the folder, but follows links. */
async function refuseOutsideLinks(folder: string): Promise<void> {
  const root = await realpath(folder).catch(() => {
    throw new ModelProblem(`there is no folder ${folder}`);
  });
  if (!(await lstat(root)).isDirectory()) throw new ModelProblem("expected a model folder, found a file");
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const target = await realpath(path).catch(() => "");
    if (!target.startsWith(`${root}/`))
      throw new ModelProblem(`${relative(root, path)} is a link to outside of the model's folder`);
  }
}

async function medianMs(model: OpenModel, rows: Reference["inputs"]): Promise<number> {
  const times: number[] = [];
  const until = performance.now() + 500;
  while (times.length < 21 && (times.length < 3 || performance.now() < until)) {
    const started = performance.now();
    await scoreRows(model, rows);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  return round(times[Math.floor(times.length / 2)] ?? 0);
}

const batchRows = 64;

/** A model that takes long for few rows is not asked for many: the check has its own time limit. */
async function batchMs(model: OpenModel, row: Readonly<Record<string, unknown>>, rowMs: number): Promise<number> {
  let known = { rows: 1, ms: rowMs };
  for (const rows of [8, batchRows]) {
    if ((known.ms / known.rows) * rows > 1000) break;
    known = { rows, ms: await medianMs(model, new Array<typeof row>(rows).fill(row)) };
  }
  return round((known.ms / known.rows) * batchRows);
}

const round = (milliseconds: number) => Math.round(milliseconds * 1000) / 1000;
