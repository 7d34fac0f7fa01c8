/** Scores rows as an endpoint does, with the gateway's own code, and profiles the one value that is watched for drift. */
import { type ColumnProfile, ProfileBuilder } from "@pave/contract/drift";
import { type OpenModel, openModel } from "../../packages/server/src/gateway/model/open-model.ts";
import { RowBuffer } from "../../packages/server/src/gateway/model/row-buffer.ts";
import { type DuckDb, identifier, literal } from "../lib/duckdb.ts";
import { countRows, firstLine } from "../lib/step.ts";
import { drawRows } from "./draw-rows.ts";

export interface ProfiledAnswers {
  readonly column: ColumnProfile | null;
  /** Rows that were scored. */
  readonly rows: number;
  /** Why there are no answers, or what is to be known of them. */
  readonly note: string | null;
}

const batchRows = 1024;
/** A slow model is asked for fewer rows. */
const patienceMs = 30_000;

export async function profileAnswers(
  db: DuckDb,
  folder: string,
  table: string,
  wanted: number,
): Promise<ProfiledAnswers> {
  try {
    const model = await openModel(folder);
    try {
      return await profileOpened(db, model, table, wanted);
    } finally {
      await model.release();
    }
  } catch (error) {
    const reason = firstLine(error instanceof Error ? error.message : String(error)).slice(0, 300);
    return { column: null, rows: 0, note: `its answers are not known: ${reason}` };
  }
}

async function profileOpened(db: DuckDb, model: OpenModel, table: string, wanted: number): Promise<ProfiledAnswers> {
  const { prediction } = model;
  if (!prediction)
    return { column: null, rows: 0, note: "its answers are no probability, label or number, so they are not watched" };
  const { drawn } = await drawRows(db, table, "to_score", wanted);
  const builder = new ProfileBuilder([], { prediction: prediction.kind === "label" ? "categorical" : "numeric" });
  const deadline = performance.now() + patienceMs;
  let [scored, refused] = [0, 0];
  for await (const rows of batchesOf(db, model)) {
    const buffer = new RowBuffer(model.inputs, rows.length);
    for (const row of rows) if (model.encoder.writeRow(buffer, row, true)) refused += 1;
    if (buffer.rows > 0) {
      const outputs = await model.run(buffer);
      for (let row = 0; row < buffer.rows; row += 1) builder.add({}, prediction.read(outputs, row));
    }
    scored += buffer.rows;
    if (performance.now() > deadline) break;
  }
  if (scored === 0) return { column: null, rows: 0, note: "its answers are not known: no row fits its signature" };
  const notes = [
    ...(refused > 0 ? [`left out because an endpoint would refuse them: ${countRows(refused)}`] : []),
    ...(scored + refused < drawn ? [`answers on ${countRows(scored)}: it takes long to score`] : []),
  ];
  return { column: builder.build().prediction, rows: scored, note: notes.length > 0 ? notes.join("; ") : null };
}

type JsonRow = Record<string, unknown>;

/** Rows as callers would send them: what is missing is left out. */
async function* batchesOf(db: DuckDb, { features }: OpenModel): AsyncGenerator<JsonRow[]> {
  const described = await db.rows("DESCRIBE to_score");
  const known = new Set(described.map((row) => String(row.column_name)));
  const present = features.filter(({ name, shape }) => known.has(name) && shape.length === 0);
  const columns = present.map(({ name, type }) => valueSql(identifier(name), type));
  const result = await db.connection.stream(`SELECT ${[...columns, literal(0)].join(", ")} FROM to_score`);
  let batch: JsonRow[] = [];
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    const vectors = present.map((_, index) => chunk.getColumnVector(index));
    for (let row = 0; row < chunk.rowCount; row += 1) {
      const values: JsonRow = {};
      for (const [index, { name }] of present.entries()) {
        const value = plain(vectors[index]?.getItem(row));
        if (value !== null) values[name] = value;
      }
      batch.push(values);
    }
    if (batch.length < batchRows) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function valueSql(column: string, type: OpenModel["features"][number]["type"]): string {
  if (type === "string") return `CAST(${column} AS VARCHAR)`;
  if (type === "boolean") return `try_cast(${column} AS BOOLEAN)`;
  if (type === "integer" || type === "long") return `try_cast(${column} AS BIGINT)`;
  const number = `try_cast(${column} AS DOUBLE)`;
  return `CASE WHEN isfinite(${number}) THEN ${number} END`;
}

const plain = (value: unknown): unknown =>
  typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : (value ?? null);
