/** Judges a classifier of two classes on a table it has not seen, scoring it as it will be served. */
import type { Column } from "../lib/column-types.ts";
import { type DuckDb, identifier, literal, openDuckDb } from "../lib/duckdb.ts";
import { numberParam, optionalString, stringList } from "../lib/params.ts";
import { countRows, fail, requireInput, runStep, type Step, say, writeJson, writeMetadata } from "../lib/step.ts";
import { failMissingColumn } from "../lib/table-problems.ts";
import { findSource, loadSource } from "../lib/table-source.ts";
import { evaluateBinary } from "./binary-metrics.ts";
import { type Classifier, openClassifier } from "./model.ts";
import { makeReport } from "./report.ts";
import { scoreTable } from "./score.ts";
import { rocAucInterval } from "./score-groups.ts";
import { chooseSlices, judgeSlices } from "./slices.ts";

await runStep(evaluateClassifier);

async function evaluateClassifier(step: Step): Promise<void> {
  const threshold = numberParam(step, "threshold");
  const model = await openClassifier(requireInput(step, "model").path);
  const source = findSource(step, "test");
  const db = await openDuckDb({ readable: [source.path], writable: step.outputFolder, isRepeatable: true });
  try {
    const { columns } = await loadSource(db, source, "source");
    failOnOtherColumns(model, columns, source.place);
    const target = findTarget(step, model, columns, source.place);
    const classes = await findClasses(db, model, target, source.place);
    const slices = await chooseSlices(db, stringList(step, "slices"), columns, target.name, source.place);

    const expressions = slices.map((slice) => slice.expression);
    const scores = await scoreTable(db, model, classes.positiveColumn, classes.isPositive, expressions, source.place);
    const evaluation = evaluateBinary(scores.probability, scores.actual, threshold);
    const interval = rocAucInterval(evaluation.groups);
    const judged = slices.map((slice, index) => ({ column: slice.column, slices: judgeSlices(scores, index) }));
    writeJson(step, "metrics.json", evaluation.metrics);
    writeJson(
      step,
      "report.json",
      makeReport({
        target: target.name,
        positive: classes.positive,
        threshold,
        evaluation,
        interval,
        scores,
        slices: judged,
      }),
    );
    writeMetadata(step, { metrics: { rocAuc: { ...interval, level: 0.95, method: "delong" } } });
    say(describe(evaluation.metrics, interval));
  } finally {
    db.close();
    await model.session.release();
  }
}

function failOnOtherColumns(model: Classifier, columns: readonly Column[], place: string): void {
  const names = columns.map((column) => column.name);
  for (const feature of model.features) {
    const column = columns.find((candidate) => candidate.name === feature.name);
    if (column === undefined) failMissingColumn(`${place} (the model's signature)`, feature.name, names);
    // Any value can be told as a text; a text that stands for a number would silently become a missing one.
    if (feature.type === "string" || ["integer", "number", "boolean"].includes(column.type)) continue;
    fail(`${place} column ${feature.name}`, {
      expected: `numbers, as the model's signature says (${feature.type})`,
      found: `${column.type === "other" ? column.duckDbType : column.type}s`,
      fix: "test the model on columns of the types it was trained on",
    });
  }
}

function findTarget(step: Step, model: Classifier, columns: readonly Column[], place: string): Column {
  const name = optionalString(step, "target") ?? model.target;
  if (name === null) {
    fail("param target", {
      expected: "the column with the truth",
      found: "nothing, neither here nor as metadata.pave.target in MLmodel",
      fix: "set `with: { target: … }`",
    });
  }
  const column = columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    failMissingColumn(
      `${place} (the target)`,
      name,
      columns.map((candidate) => candidate.name),
    );
  }
  return column;
}

interface Classes {
  readonly positive: string;
  /** Which column of the probabilities belongs to the positive class. */
  readonly positiveColumn: number;
  /** SQL that is true where the target is positive. */
  readonly isPositive: string;
}

async function findClasses(db: DuckDb, model: Classifier, target: Column, place: string): Promise<Classes> {
  const { positive, known } = namedClasses(model);
  const name = identifier(target.name);
  const isNumber = target.type === "integer" || target.type === "number";
  const found = await db.rows(
    `SELECT CAST(${isNumber ? `CAST(${name} AS DOUBLE)` : name} AS VARCHAR) AS value, count(*) AS rows FROM source GROUP BY ALL ORDER BY value NULLS FIRST LIMIT 20`,
  );
  const at = `${place} column ${target.name}`;
  const values = found.map((row) =>
    row.value === null ? null : classText(isNumber ? Number(row.value) : String(row.value)),
  );
  if (values[0] === null) {
    fail(at, {
      expected: "a value in every row of the target",
      found: `${countRows(Number(found[0]?.rows))} without one`,
      fix: "leave those rows out before the split",
    });
  }
  const stranger = values.find((value) => value !== null && !known.includes(value));
  if (stranger !== undefined) {
    fail(at, {
      expected: `the classes that the model knows, ${known.join(" and ")}`,
      found: `\`${stranger}\``,
      fix: "test the model on the target it was trained for",
    });
  }
  if (values.length < 2) {
    fail(at, {
      expected: `both classes, ${known.join(" and ")}`,
      found: `only ${values[0]}`,
      fix: "use a test table with both, for example a larger share",
    });
  }
  const isPositive = isNumber
    ? `CAST(${name} AS DOUBLE) = ${Number(positive)}`
    : `CAST(${name} AS VARCHAR) = ${literal(positive)}`;
  return { positive, positiveColumn: known.indexOf(positive), isPositive };
}

/** Models that others made may not name their classes: false and true, or 0 and 1, are taken for granted. */
function namedClasses(model: Classifier): { positive: string; known: readonly string[] } {
  const known = model.classes?.map(classText) ?? ["false", "true"];
  const positive = model.positive === null ? known[1] : classText(model.positive);
  if (known.length !== 2 || positive === undefined || !known.includes(positive)) {
    fail("input model MLmodel", {
      expected: "two classes, one of them the positive one, in metadata.pave",
      found: `classes ${known.join(", ")} and positive ${positive}`,
      fix: "this component judges classifiers of two classes",
    });
  }
  return { positive, known };
}

function classText(value: string | number | boolean): string {
  return String(value);
}

function describe(metrics: { readonly [name: string]: number }, interval: { low: number; high: number }): string {
  const round = (value: number | undefined) => (value ?? Number.NaN).toFixed(4);
  return (
    `${metrics.rows} rows: ROC AUC ${round(metrics.roc_auc)} (95%: ${round(interval.low)} to ${round(interval.high)}), ` +
    `log loss ${round(metrics.log_loss)}, calibration error ${round(metrics.expected_calibration_error)}`
  );
}
