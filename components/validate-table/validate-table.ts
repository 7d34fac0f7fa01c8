/** Lets a table pass, byte for byte, if it is what the project expects; otherwise says everything that is not. */
import { constants, copyFileSync, readFileSync } from "node:fs";
import { openDuckDb } from "../lib/duckdb.ts";
import {
  fail,
  outputPath,
  placeOf,
  requireInput,
  runStep,
  type Step,
  StepError,
  say,
  writeJson,
  writeMetadata,
} from "../lib/step.ts";
import { findSource, loadSource } from "../lib/table-source.ts";
import { type Check, checkTable } from "./check-table.ts";
import { parseExpectations } from "./expectations.ts";

await runStep(validateTable);

async function validateTable(step: Step): Promise<void> {
  const place = placeOf(step, "expectations");
  const expectations = parseExpectations(readFileSync(requireInput(step, "expectations").path, "utf8"), place);
  const source = findSource(step, "table");
  const db = await openDuckDb({ readable: [source.path], writable: step.outputFolder });
  try {
    const { columns } = await loadSource(db, source, "source");
    const checks = await checkTable(db, columns, expectations, place);
    const failed = checks.filter((check) => !check.passed);
    writeJson(step, "report.json", {
      passed: failed.length === 0,
      failed: failed.length,
      checks: checks.map((check) => ({ ...check })),
    });
    for (const check of checks)
      say(`${check.passed ? "ok  " : "FAIL"} ${check.check}: ${check.expected}, found ${check.found}`);
    if (failed.length > 0) throw new StepError(describeFailures(place, source.place, failed));
    if (source.files.length !== 1) failFolder(source.place, source.files.length);
    // A copy of the bytes, so that the artifact keeps its digest; shared blocks where the file system can.
    copyFileSync(source.path, outputPath(step, `table.${source.format}`), constants.COPYFILE_FICLONE);
    const passed = { ...step.inputs.table?.metadata, checks: checks.length };
    writeMetadata(step, { table: passed, report: { checks: checks.length, failed: 0 } });
  } finally {
    db.close();
  }
}

function describeFailures(place: string, table: string, failed: readonly Check[]): string {
  const lines = failed.map((check) => `  ${check.check}: expected ${check.expected}, found ${check.found}`);
  return (
    `${table}: expected what ${place} says, found ${failed.length} failed ${failed.length === 1 ? "check" : "checks"}; ` +
    `fix the data or change ${place}\n${lines.join("\n")}`
  );
}

function failFolder(place: string, files: number): never {
  fail(place, { expected: "one file", found: `a folder of ${files}`, fix: "put pave/ingest-table before this step" });
}
