import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyToParquet, type DuckDb, openDuckDb } from "./duckdb.ts";
import { StepError } from "./step.ts";
import { createTemporaryFiles } from "./testing/temporary-files.ts";
import { prepareUserSql } from "./user-sql.ts";

const files = createTemporaryFiles();
const allowed = files.write("input/allowed.csv", "a\n1\n");
const secret = files.write("outside/secret.csv", "secret\n42\n");
const written = join(files.folder, "outside/written");
const output = join(files.folder, "output");
let db: DuckDb;

beforeAll(async () => {
  files.write("output/.keep", "");
  db = await openDuckDb({ readable: [allowed], writable: output });
});
afterAll(() => {
  db.close();
  files.remove();
});

const hostile = [
  "SELECT * FROM read_text('/etc/passwd')",
  `SELECT * FROM '${secret}'`,
  `SELECT * FROM read_csv('${secret}')`,
  `SELECT * FROM read_csv('${files.folder}/input/../outside/secret.csv')`,
  `SELECT * FROM read_csv('${output}/../outside/secret.csv')`,
  `SELECT * FROM read_csv('${allowed}x')`,
  "SELECT * FROM glob('/etc/*')",
  "SELECT * FROM read_blob('/proc/self/environ')",
  "SELECT * FROM read_parquet('https://127.0.0.1:1/x.parquet')",
  "SELECT * FROM duckdb_secrets()",
  "SELECT getenv('PATH')",
  `COPY (SELECT 1) TO '${written}'`,
  `ATTACH '${written}' AS other`,
  `EXPORT DATABASE '${written}'`,
  "INSTALL httpfs",
  "LOAD httpfs",
  "SET enable_external_access = true",
  "SET lock_configuration = false",
  "SET GLOBAL allowed_directories = ['/']",
  "RESET lock_configuration",
  "PRAGMA enable_profiling = 'json'",
];

describe("a sandboxed DuckDB", () => {
  it("reads what it was opened for and writes to its output", async () => {
    expect(await db.rows(`FROM read_csv('${allowed}')`)).toEqual([{ a: 1 }]);
    await copyToParquet(db, "SELECT 1 AS a", join(output, "out.parquet"));
    expect(readFileSync(join(output, "out.parquet")).subarray(0, 4).toString()).toBe("PAR1");
  });

  // Run as they are, without the check for a single SELECT: either wall must hold alone.
  it.each(hostile)("refuses %s", async (sql) => {
    await expect(db.run(sql)).rejects.toThrow(/disabled|locked|Cannot|cannot|does not exist|not an absolute/);
    expect(readdirSync(join(files.folder, "outside"))).toEqual(["secret.csv"]);
  });

  it.each([
    // This one is refused when it runs, which the test above has seen.
    ...hostile.filter((sql) => !sql.includes("duckdb_secrets")),
    "SELECT 1; SELECT 2",
    "CREATE TABLE t AS SELECT 1",
    "DROP VIEW source",
    "EXPLAIN SELECT 1",
    "CALL pragma_version()",
    `COPY (SELECT 1) TO '${output}/out2.parquet'`,
    `SELECT 1) TO '${output}/out2.parquet' --`,
    `SELECT 1) TO '${output}/out2.parquet'; COPY (SELECT 1`,
  ])("is not asked to run %s for a user", async (sql) => {
    await expect(prepareUserSql(db.connection, sql, "q.sql")).rejects.toThrow(StepError);
    expect(existsSync(join(output, "out2.parquet"))).toBe(false);
  });
});
