/** What kind of question the target asks, and what stands in the way of asking it. */
import type { Column } from "../lib/column-types.ts";
import { type DuckDb, identifier, literal } from "../lib/duckdb.ts";
import { countRows } from "../lib/step.ts";

export type Task = "binary" | "multiclass" | "regression";

export interface TargetProfile {
  readonly name: string;
  readonly type: Column["type"];
  readonly task: Task;
  /** Of a binary target: the class that a model should give the probability of. */
  readonly positive: string | null;
  /** The most frequent first, at most 50. */
  readonly classes: readonly { readonly value: string; readonly rows: number; readonly share: number }[];
  readonly distinct: number;
  readonly missing: number;
  /** Sentences; empty when a model can be trained. */
  readonly problems: readonly string[];
}

const maxClasses = 50;
const positiveWords = ["true", "1", "yes", "y", "t", "positive", "pos", "ja", "oui", "si", "sí", "sim", "tak", "да"];

export async function profileTarget(db: DuckDb, column: Column): Promise<TargetProfile> {
  const name = identifier(column.name);
  const counted = await db.row(
    `SELECT count(*) AS rows, count(${name}) AS present, count(DISTINCT ${name}) AS "distinct" FROM sampled`,
  );
  const [rows, present, distinct] = [Number(counted.rows), Number(counted.present), Number(counted.distinct)];
  const grouped = await db.rows(
    `SELECT CAST(${name} AS VARCHAR) AS value, count(*) AS rows FROM sampled WHERE ${name} IS NOT NULL
     GROUP BY ${name} ORDER BY rows DESC, ${name} LIMIT ${maxClasses}`,
  );
  const task = guessTask(column, distinct);
  const all = grouped.map((row) => ({
    value: classText(column, String(row.value)),
    rows: Number(row.rows),
    share: Number(row.rows) / present,
  }));
  const classes = task === "regression" ? [] : all;
  return {
    name: column.name,
    type: column.type,
    task,
    positive: task === "binary" ? guessPositive(classes.map((each) => each.value)) : null,
    classes,
    distinct,
    missing: rows - present,
    problems: findProblems(column, task, distinct, rows - present, classes),
  };
}

/** A class as training and evaluation name it: 1, although the column's 1.0 is a broken number. */
function classText(column: Column, value: string): string {
  return column.type === "number" ? String(Number(value)) : value;
}

/** SQL that is true in the rows of a class. */
export function isClassSql(column: Pick<Column, "name" | "type">, value: string): string {
  const name = identifier(column.name);
  return column.type === "number"
    ? `CAST(${name} AS DOUBLE) = ${Number(value)}`
    : `CAST(${name} AS VARCHAR) = ${literal(value)}`;
}

/** Two values are classes whatever their type; a few whole numbers are classes, many or broken ones a quantity. */
function guessTask(column: Column, distinct: number): Task {
  if (distinct <= 2) return "binary";
  const isQuantity =
    column.type === "number" || column.type === "timestamp" || (column.type === "integer" && distinct > 20);
  return isQuantity ? "regression" : "multiclass";
}

function guessPositive(values: readonly string[]): string | null {
  return values.find((value) => positiveWords.includes(value.toLowerCase())) ?? values.at(-1) ?? null;
}

function findProblems(
  column: Column,
  task: Task,
  distinct: number,
  missing: number,
  classes: TargetProfile["classes"],
): readonly string[] {
  const name = `\`${column.name}\``;
  const rarest = classes.at(-1);
  const candidates: readonly (readonly [boolean, string])[] = [
    [missing > 0, `${countRows(missing)} without a value of ${name}; leave them out in the SQL`],
    [distinct === 0, `${name} has no value at all`],
    [distinct === 1, `${name} is ${rarest?.value} in every row, so there is nothing to tell apart`],
    [
      task === "regression" && column.type === "timestamp",
      `${name} is a time; derive a class or a number from it in the SQL`,
    ],
    [
      task === "regression" && column.type !== "timestamp",
      `${name} has ${distinct} different numbers, so it is a quantity; for a classifier derive a class in the SQL, such as \`${column.name} > 15 AS ${column.name}_high\``,
    ],
    [task === "multiclass", `${name} has ${distinct} classes; a binary classifier needs two`],
    [
      task === "binary" && distinct === 2 && (rarest?.rows ?? 0) < 20,
      `only ${countRows(rarest?.rows ?? 0)} with ${rarest?.value}; a model and its test need more`,
    ],
  ];
  return candidates.filter(([applies]) => applies).map(([, sentence]) => sentence);
}
