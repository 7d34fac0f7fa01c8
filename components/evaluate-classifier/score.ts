/** Scores a table with an ONNX model, a batch at a time, so that memory does not grow with the table. */
import type { DuckDBDataChunk } from "@duckdb/node-api";
import { type InferenceSession, Tensor } from "onnxruntime-node";
import { type DuckDb, identifier, literal } from "../lib/duckdb.ts";
import { countRows, fail, firstLine, StepError } from "../lib/step.ts";
import type { Classifier, Feature } from "./model.ts";

export interface Scores {
  /** Probability of the positive class, by row. */
  readonly probability: Float64Array;
  /** 1 where the target is the positive class. */
  readonly actual: Uint8Array;
  /** The slice that each row is in, by column, in the order in which the columns were asked for. */
  readonly slices: readonly (readonly string[])[];
}

/** One ONNX input: made of one feature, or of all when the model takes a matrix. */
interface InputPlan {
  readonly name: string;
  readonly type: ElementType;
  readonly features: readonly Feature[];
}

type ElementType = keyof typeof elements;
type Values = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array | string[];

const batchRows = 16_384;

/** What a feature is cast to in SQL, and the array that its values go to. */
const elements = {
  float32: { sql: "FLOAT", create: (size: number): Values => new Float32Array(size) },
  float64: { sql: "DOUBLE", create: (size: number): Values => new Float64Array(size) },
  int32: { sql: "INTEGER", create: (size: number): Values => new Int32Array(size) },
  int64: { sql: "BIGINT", create: (size: number): Values => new BigInt64Array(size) },
  bool: { sql: "BOOLEAN", create: (size: number): Values => new Uint8Array(size) },
  string: { sql: "VARCHAR", create: (size: number): Values => new Array<string>(size).fill("") },
};

export async function scoreTable(
  db: DuckDb,
  model: Classifier,
  positiveColumn: number,
  isPositive: string,
  sliceExpressions: readonly string[],
  place: string,
): Promise<Scores> {
  const plans = planInputs(model);
  await failOnGaps(db, plans, place);
  const features = plans.flatMap((plan) =>
    plan.features.map((feature) => featureSql(feature, plan.type, model.missingText)),
  );
  const rows = Number((await db.row("SELECT count(*) AS rows FROM source")).rows);
  const probability = new Float64Array(rows);
  const actual = new Uint8Array(rows);
  const slices = sliceExpressions.map(() => new Array<string>(rows));

  const query = `SELECT ${[...features, isPositive, ...sliceExpressions].join(", ")} FROM source`;
  let start = 0;
  for await (const batch of batches(db, query)) {
    const size = batch.reduce((sum, chunk) => sum + chunk.rowCount, 0);
    const feeds = makeFeeds(plans, batch, size);
    copyColumn(batch, features.length, (row, value) => {
      actual[start + row] = value === true ? 1 : 0;
    });
    for (const [index, slice] of slices.entries()) {
      copyColumn(batch, features.length + 1 + index, (row, value) => {
        slice[start + row] = String(value);
      });
    }
    await scoreBatch(model, feeds, size, positiveColumn, probability.subarray(start, start + size));
    start += size;
  }
  return { probability, actual, slices };
}

function planInputs(model: Classifier): readonly InputPlan[] {
  const byName = new Map(model.features.map((feature) => [feature.name, feature]));
  const inputs = model.session.inputMetadata;
  const only = inputs[0];
  if (inputs.length === 1 && only !== undefined && !byName.has(only.name)) {
    return [{ name: only.name, type: elementType(only), features: model.features }];
  }
  return inputs.map((input) => {
    const feature = byName.get(input.name);
    if (feature === undefined) {
      fail("input model", {
        expected: "a signature that names every ONNX input",
        found: `the ONNX input \`${input.name}\`, which it does not name`,
        fix: "name the ONNX inputs after the columns",
      });
    }
    return { name: input.name, type: elementType(input), features: [feature] };
  });
}

function elementType(input: InferenceSession.ValueMetadata): ElementType {
  if (input.isTensor && input.type in elements) return input.type as ElementType;
  fail("input model model.onnx", {
    expected: `inputs of the types ${Object.keys(elements).join(", ")}`,
    found: `\`${input.name}\` of ${input.isTensor ? input.type : "another kind"}`,
    fix: "export the model with float or string inputs",
  });
}

/** As in training: a missing text has its own word; a missing or infinite number is NaN. */
function featureSql(feature: Feature, type: ElementType, missingText: string): string {
  const column = identifier(feature.name);
  const cast = `try_cast(${column} AS ${elements[type].sql})`;
  if (type === "string") return `coalesce(CAST(${column} AS VARCHAR), ${literal(missingText)})`;
  if (type === "float32" || type === "float64") return `CASE WHEN isfinite(${cast}) THEN ${cast} ELSE 'nan' END`;
  return cast;
}

/** Only a text or a floating point number can stand for a value that is not there. */
async function failOnGaps(db: DuckDb, plans: readonly InputPlan[], place: string): Promise<void> {
  for (const { type, features } of plans.filter((plan) => !["string", "float32", "float64"].includes(plan.type))) {
    for (const { name } of features) {
      const { gaps } = await db.row(
        `SELECT count(*) FILTER (try_cast(${identifier(name)} AS ${elements[type].sql}) IS NULL) AS gaps FROM source`,
      );
      if (gaps === 0) continue;
      fail(`${place} column ${name}`, {
        expected: `a value in every row that fits the model's ${type}`,
        found: `${countRows(Number(gaps))} without one`,
        fix: "train the model on a float input, or leave those rows out before the split",
      });
    }
  }
}

async function* batches(db: DuckDb, query: string): AsyncGenerator<readonly DuckDBDataChunk[]> {
  const result = await db.connection.stream(query);
  let batch: DuckDBDataChunk[] = [];
  let size = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    batch.push(chunk);
    size += chunk.rowCount;
    if (size < batchRows) continue;
    yield batch;
    batch = [];
    size = 0;
  }
  if (size > 0) yield batch;
}

function makeFeeds(
  plans: readonly InputPlan[],
  batch: readonly DuckDBDataChunk[],
  size: number,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  let column = 0;
  for (const { name, type, features } of plans) {
    const width = features.length;
    const values = elements[type].create(size * width) as unknown[];
    for (let offset = 0; offset < width; offset++) {
      copyColumn(batch, column++, (row, value) => {
        values[row * width + offset] = value;
      });
    }
    feeds[name] = new Tensor(type, values as never, [size, width]);
  }
  return feeds;
}

function copyColumn(
  batch: readonly DuckDBDataChunk[],
  column: number,
  write: (row: number, value: unknown) => void,
): void {
  let start = 0;
  for (const chunk of batch) {
    const vector = chunk.getColumnVector(column);
    for (let row = 0; row < chunk.rowCount; row++) write(start + row, vector.getItem(row));
    start += chunk.rowCount;
  }
}

async function scoreBatch(
  model: Classifier,
  feeds: Record<string, Tensor>,
  size: number,
  positiveColumn: number,
  target: Float64Array,
): Promise<void> {
  const outputs = await runSession(model, feeds);
  const tensor = outputs[model.probabilities];
  const data = tensor?.data as Float32Array;
  const width = tensor?.dims.at(-1) ?? 0;
  if (width !== 2 || data.length !== size * 2) {
    fail("input model model.onnx", {
      expected: "two probabilities per row",
      found: `the shape [${tensor?.dims.join(", ")}] for ${size} rows`,
      fix: "this component judges classifiers of two classes",
    });
  }
  for (let row = 0; row < size; row++) {
    const value = data[row * 2 + positiveColumn] ?? Number.NaN;
    if (!(value >= -1e-6 && value <= 1 + 1e-6)) {
      fail("input model model.onnx", {
        expected: "probabilities between 0 and 1",
        found: String(value),
        fix: "check how the model was exported",
      });
    }
    target[row] = Math.min(1, Math.max(0, value));
  }
}

async function runSession(model: Classifier, feeds: Record<string, Tensor>): Promise<InferenceSession.ReturnType> {
  try {
    return await model.session.run(feeds, [model.probabilities]);
  } catch (error) {
    const found = firstLine(error instanceof Error ? error.message : String(error));
    throw new StepError(
      `input model: expected a model that scores the test table, found ${found}; check its inputs' types and shapes`,
    );
  }
}
