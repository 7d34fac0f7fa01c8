/** Opens an MLflow model folder with an ONNX classifier of two classes in it. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { parseDocument } from "yaml";
import { fail, firstLine, type Json, StepError } from "../lib/step.ts";

export interface Feature {
  readonly name: string;
  readonly type: string;
}

export interface Classifier {
  readonly session: InferenceSession;
  readonly features: readonly Feature[];
  /** From `metadata.pave.target`; null in models that others made. */
  readonly target: string | null;
  readonly positive: string | number | boolean | null;
  readonly classes: readonly (string | number | boolean)[] | null;
  /** Stands for a text without a value, as it did in training. */
  readonly missingText: string;
  /** Name of the output with one probability per class. */
  readonly probabilities: string;
}

const place = "input model";

export async function openClassifier(folder: string): Promise<Classifier> {
  const mlModel = readMlModel(folder);
  const pave = mapOf(mapOf(mlModel.metadata).pave);
  failOnOtherTask(pave.task);
  const session = await openSession(onnxFile(folder, mlModel));
  const classes = pave.classes;
  return {
    session,
    features: readFeatures(mapOf(mlModel.signature).inputs),
    target: typeof pave.target === "string" ? pave.target : null,
    positive: scalarOf(pave.positive),
    classes: Array.isArray(classes) ? classes.flatMap((value: Json) => scalarOf(value) ?? []) : null,
    missingText: typeof pave.missing === "string" ? pave.missing : "",
    probabilities: findProbabilities(session),
  };
}

function readMlModel(folder: string): { readonly [key: string]: Json } {
  const path = join(folder, "MLmodel");
  if (!statSync(folder).isDirectory() || !existsSync(path)) {
    fail(place, {
      expected: "an MLflow model folder with a file `MLmodel`",
      found: statSync(folder).isDirectory() ? "a folder without one" : "a single file",
      fix: "write the folder in the training step",
    });
  }
  const document = parseDocument(readFileSync(path, "utf8"), { uniqueKeys: false });
  const error = document.errors[0];
  if (error !== undefined) {
    fail(`${place} MLmodel`, {
      expected: "YAML",
      found: firstLine(error.message),
      fix: "write the file with mlflow or as YAML",
    });
  }
  return mapOf(document.toJS() as Json);
}

function failOnOtherTask(task: Json | undefined): void {
  if (task === undefined || task === null || task === "classification") return;
  fail(`${place} MLmodel`, {
    expected: "a model with `task: classification`",
    found: `\`task: ${String(task)}\``,
    fix: "evaluate it with a component for that task",
  });
}

function onnxFile(folder: string, mlModel: { readonly [key: string]: Json }): string {
  const flavors = mapOf(mlModel.flavors);
  const data = mapOf(flavors.onnx).data;
  if (typeof data !== "string") {
    fail(`${place} MLmodel`, {
      expected: "the flavor onnx with its file",
      found: `the flavors ${Object.keys(flavors).join(", ") || "none"}`,
      fix: "export the model to ONNX, for example with skl2onnx",
    });
  }
  const path = resolve(folder, data);
  if (!path.startsWith(resolve(folder) + sep) || !existsSync(path)) {
    fail(`${place} MLmodel`, {
      expected: `the file ${data} in the model's folder`,
      found: "no such file",
      fix: "write it beside MLmodel",
    });
  }
  return path;
}

async function openSession(path: string): Promise<InferenceSession> {
  try {
    // One thread: the same sums in the same order on every machine, and a step's own cores for everybody else.
    return await InferenceSession.create(path, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 });
  } catch (error) {
    const message = firstLine(error instanceof Error ? error.message : String(error)).replaceAll(path, "the file");
    throw new StepError(
      `${place} model.onnx: expected an ONNX model, found ${message}; export it again and check it with onnx.checker`,
    );
  }
}

function readFeatures(inputs: Json | undefined): readonly Feature[] {
  try {
    const parsed = JSON.parse(String(inputs)) as Json;
    const columns = Array.isArray(parsed) ? parsed.map(mapOf) : [];
    const features = columns.flatMap(({ name, type }) =>
      typeof name === "string" ? [{ name, type: String(type) }] : [],
    );
    if (features.length > 0) return features;
  } catch {
    // Said below, together with a signature that is missing or names no column.
  }
  fail(`${place} MLmodel`, {
    expected: "a signature whose inputs name their columns",
    found: inputs === undefined ? "no signature" : "none",
    fix: "give the model a signature, for example with mlflow.models.infer_signature",
  });
}

function findProbabilities(session: InferenceSession): string {
  const outputs = session.outputMetadata;
  const named = outputs.find((output) => output.name === "probabilities");
  const found =
    named ?? outputs.find((output) => output.isTensor && output.type === "float32" && output.shape.length === 2);
  if (found === undefined || !found.isTensor) {
    fail(`${place} model.onnx`, {
      expected: "an output `probabilities` with one column per class",
      found: outputs.map((output) => `${output.name}${output.isTensor ? "" : " (a ZipMap)"}`).join(", "),
      fix: "export a classifier with the option zipmap=False",
    });
  }
  return found.name;
}

function scalarOf(value: Json | undefined): string | number | boolean | null {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function mapOf(value: Json | undefined): { readonly [key: string]: Json } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return value as { readonly [key: string]: Json };
}
