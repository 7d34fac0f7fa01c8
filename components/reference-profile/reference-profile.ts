/** Says what a model's inputs and answers looked like where it was trained. */
import { writeFileSync } from "node:fs";
import { referenceProfile as joinProfile } from "@pave/contract/drift";
import { type DuckDb, openDuckDb } from "../lib/duckdb.ts";
import { numberParam } from "../lib/params.ts";
import { countRows, fail, outputPath, runStep, type Step, say, writeMetadata } from "../lib/step.ts";
import { findSource, loadSource } from "../lib/table-source.ts";
import { drawRows } from "./draw-rows.ts";
import { type Feature, featuresOf } from "./feature.ts";
import { type ProfiledAnswers, profileAnswers } from "./profile-answers.ts";
import { profileFeature } from "./profile-feature.ts";

await runStep(referenceProfile);

async function referenceProfile(step: Step): Promise<void> {
  const features = featuresOf(step);
  const table = findSource(step, "table");
  const test = step.inputs.test === undefined ? null : findSource(step, "test");
  const readable = [table.path, ...(test === null ? [] : [test.path])];
  const db = await openDuckDb({ readable, writable: step.outputFolder, isRepeatable: true });
  try {
    const { columns } = await loadSource(db, table, "source");
    const rows = await drawRows(db, "source", "drawn", numberParam(step, "rows"));
    const profiled = [];
    for (const feature of features) profiled.push(await profileFeature(db, feature, columns, rows));
    if (test !== null) await loadSource(db, test, "test");
    const answers = await answersOf(step, db, features, test === null ? "source" : "test");
    const profile = joinProfile({ rows: rows.drawn, columns: profiled, prediction: answers.column });
    writeFileSync(outputPath(step, "profile.json"), JSON.stringify(profile));

    const absent = features.filter(({ name }) => !columns.some((column) => column.name === name));
    const notes = [
      ...(rows.drawn < rows.all ? [`a sample of ${countRows(rows.drawn)} from ${countRows(rows.all)}`] : []),
      ...(absent.length > 0 ? [`the reference has no column ${absent.map(({ name }) => name).join(", ")}`] : []),
      ...(answers.note === null ? [] : [answers.note]),
    ];
    writeMetadata(step, { profile: { rows: rows.drawn, columns: profiled.length, notes, answers: answers.rows } });
    for (const note of notes) say(note);
  } finally {
    db.close();
  }
}

async function answersOf(
  step: Step,
  db: DuckDb,
  features: readonly Feature[],
  table: "source" | "test",
): Promise<ProfiledAnswers> {
  const model = step.inputs.model;
  if (model === undefined) return { column: null, rows: 0, note: "its answers are not known: no model was given" };
  if (features.length === 0)
    fail("param features", { expected: "the model's inputs", found: "none", fix: "name them as its signature does" });
  return profileAnswers(db, model.path, table, numberParam(step, "scored"));
}
