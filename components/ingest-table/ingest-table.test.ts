import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, describe, expect, it } from "vitest";
import { type Params, readComponent } from "../lib/testing/component-folder.ts";
import { type ComponentRun, runComponent } from "../lib/testing/run-component.ts";
import { createTemporaryFiles } from "../lib/testing/temporary-files.ts";

const component = readComponent(import.meta.dirname);
const files = createTemporaryFiles();
afterAll(() => files.remove());

interface Case {
  readonly name?: string;
  readonly content: string | Uint8Array;
  readonly sql?: string;
  readonly params?: Params;
}

function ingest({ name = "table.csv", content, sql, params = {} }: Case): Promise<ComponentRun> {
  const source = files.write(name, content);
  const inputs = sql === undefined ? { source } : { source, sql: files.write("query.sql", sql) };
  return runComponent(component, {
    inputs,
    params,
    metadata: { source: { path: `data/${name}` }, sql: { path: "sql/query.sql" } },
  });
}

async function rowsOf(run: ComponentRun): Promise<unknown> {
  expect(run.stderr).toBe("");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const reader = await connection.runAndReadAll(`FROM read_parquet('${run.outputPath("table")}')`);
  return reader.getRowObjectsJson();
}

const numbers = `id,group,value\n${Array.from({ length: 5000 }, (_, i) => `${i},${"abcdefg"[(i * i) % 7]},${(i % 97) / 7}`).join("\n")}\n`;

describe("ingest-table reads", () => {
  it.each<Case & { title: string; expected: unknown }>([
    { title: "semicolons", content: "a;b\n1;x,y\n", expected: [{ a: "1", b: "x,y" }] },
    { title: "tabs", name: "table.tsv", content: "a\tb\n1\tx,y\n", expected: [{ a: "1", b: "x,y" }] },
    {
      title: "a byte order mark and blank lines",
      content: "\uFEFFa,b\r\n1,x\r\n\r\n2,y\r\n\r\n",
      expected: [
        { a: "1", b: "x" },
        { a: "2", b: "y" },
      ],
    },
    {
      title: "quoted delimiters, quotes and line breaks",
      content: 'a,b\n1,"x, ""y""\nz"\n',
      expected: [{ a: "1", b: 'x, "y"\nz' }],
    },
    { title: "a gzipped file", name: "table.csv.gz", content: gzipSync("a,b\n1,x\n"), expected: [{ a: "1", b: "x" }] },
    { title: "one column", content: "a\n1\n2\n", expected: [{ a: "1" }, { a: "2" }] },
    {
      title: "texts that stand for nothing",
      content: "a\n1\nNA\n",
      params: { missing: ["NA"] },
      expected: [{ a: "1" }, { a: null }],
    },
    {
      title: "a column that is to stay text",
      content: "zip\n01234\n",
      params: { textColumns: ["zip"] },
      expected: [{ zip: "01234" }],
    },
    {
      title: "a column of texts whose first 30,000 values are numbers",
      content: `a\n${"7\n".repeat(30_000)}x\n`,
      params: {},
      sql: "SELECT max(a) AS a FROM source",
      expected: [{ a: "x" }],
    },
    {
      title: "blanks around column names",
      content: 'a, b ," c"\n1,x,y\n',
      params: { textColumns: ["b"] },
      sql: "SELECT a, b, c FROM source",
      expected: [{ a: "1", b: "x", c: "y" }],
    },
    {
      title: "true and false as booleans, other words and times of day as they are",
      content: "a,b,c,d\nTrue,yes,06:20,2001-01-01T00:00:00Z\nfalse,no,07:00,\n,no,,\n",
      expected: [
        { a: true, b: "yes", c: "06:20", d: "2001-01-01 00:00:00" },
        { a: false, b: "no", c: "07:00", d: null },
        { a: null, b: "no", c: null, d: null },
      ],
    },
    {
      title: "decimal commas, whole numbers and gaps among them",
      content: 'preis;menge;anteil;ort\n103,22;1;0,5;Köln\n7;;-1,25e2;Bonn\n;3; ,5 ;\n"1234,500";4;;\n',
      expected: [
        { preis: 103.22, menge: "1", anteil: 0.5, ort: "Köln" },
        { preis: 7, menge: null, anteil: -125, ort: "Bonn" },
        { preis: null, menge: "3", anteil: 0.5, ort: null },
        { preis: 1234.5, menge: "4", anteil: null, ort: null },
      ],
    },
    {
      title: "commas that may stand between thousands as decimals where another column has decimals for certain",
      content: "a;b;c\n1,234;0,5;1.5\n2,345;7,25;1.234\n",
      expected: [
        { a: 1.234, b: 0.5, c: 1.5 },
        { a: 2.345, b: 7.25, c: 1.234 },
      ],
    },
    {
      title: "what only looks like numbers with commas as text",
      content: "a;b;c;d\n1,234;1,2,3;01,5;1,5\n2,345;4;02,5;2,5\n",
      params: { textColumns: ["d"] },
      expected: [
        { a: "1,234", b: "1,2,3", c: "01,5", d: "1,5" },
        { a: "2,345", b: "4", c: "02,5", d: "2,5" },
      ],
    },
    {
      title: "JSON lines with keys that come and go",
      name: "table.jsonl",
      content: '{"a":1}\n{"a":2,"b":"x"}\n',
      expected: [
        { a: "1", b: null },
        { a: "2", b: "x" },
      ],
    },
    {
      title: "a file name with characters that mean something in a pattern",
      name: "a [1]*?.csv",
      content: "a\n1\n",
      expected: [{ a: "1" }],
    },
    {
      title: "SQL with a closing semicolon and comments that hold one",
      content: "a\n1\n",
      sql: "-- first; then\nSELECT a, ';--' AS b FROM source /* ; */ ; -- end\n",
      expected: [{ a: "1", b: ";--" }],
    },
    {
      title: "decimals and huge integers as plain numbers, in the order of the query",
      content: "a\n1\n2\n",
      sql: "SELECT a * 0.5 AS h, sum(a) AS s FROM source GROUP BY a ORDER BY a DESC",
      expected: [
        { h: 1, s: "2" },
        { h: 0.5, s: "1" },
      ],
    },
    {
      title: "variables",
      content: "a\n1\n2\n3\n",
      sql: "SELECT a FROM source WHERE a > getvariable('least') LIMIT getvariable('rows')",
      params: { variables: { least: 1, rows: 1 } },
      expected: [{ a: "2" }],
    },
  ])("$title", async ({ expected, ...given }) => {
    using run = await ingest(given);
    expect(await rowsOf(run)).toEqual(expected);
  });

  it("writes rows, columns and bytes into the metadata", async () => {
    using run = await ingest({ content: "d,t,x,n\n2001-02-03,a,1.5,\n2001-02-04,b,2,7\n" });
    const bytes = readFileSync(run.outputPath("table") ?? "").length;
    const columns = [
      { name: "d", type: "timestamp" },
      { name: "t", type: "string" },
      { name: "x", type: "number" },
      { name: "n", type: "integer" },
    ];
    expect(run.metadata).toEqual({ table: { rows: 2, columns, bytes } });
    expect(readdirSync(run.outputFolder).sort()).toEqual(["metadata.json", "table.parquet"]);
  });

  it.each([
    ["without SQL", undefined],
    ["with groups and sums", 'SELECT "group", sum(value) AS s, count(*) AS n FROM source GROUP BY "group"'],
    ["with a join", "SELECT a.id, b.value FROM source a JOIN source b ON a.id = b.id + 1"],
    [
      "with random numbers and a sample",
      "SELECT *, random() AS r FROM source USING SAMPLE reservoir(100 ROWS) REPEATABLE (7)",
    ],
  ])("writes the same bytes again %s", async (_, sql) => {
    const digests = new Set<string>();
    for (let attempt = 0; attempt < 3; attempt++) {
      using run = await ingest({ content: numbers, ...(sql === undefined ? {} : { sql }) });
      expect(run.stderr).toBe("");
      digests.add(
        createHash("sha256")
          .update(readFileSync(run.outputPath("table") ?? ""))
          .digest("hex"),
      );
    }
    expect(digests.size).toBe(1);
  });
});

describe("ingest-table refuses with one message", () => {
  const select = "expected a SELECT that DuckDB can run on the table `source`, found";
  it.each<Case & { title: string; message: string }>([
    {
      title: "too few values",
      content: "a,b,c\n1,2,3\n4,5\n6,7,8\n",
      message:
        "data/table.csv line 3: expected 3 columns as in the header, found 2; put values that contain `,` in double quotes, or remove the line",
    },
    {
      title: "too many values, several times",
      content: 'a,b\n"1\n2",3\n4,5,6\n7,8,9\n',
      message:
        "data/table.csv line 4: expected 2 columns as in the header, found 3 (and 1 more lines like it); put values that contain `,` in double quotes, or remove the line",
    },
    {
      title: "a ragged line far down",
      content: `a,b\n${"1,2\n".repeat(60_000)}3\n`,
      message:
        "data/table.csv line 60002: expected 2 columns as in the header, found 1; put values that contain `,` in double quotes, or remove the line",
    },
    {
      title: "an open quote",
      content: 'a,b\n1,2\n3,"4\n5,6\n',
      message:
        'data/table.csv line 3: expected a closing double quote, found the end of the file; write `""` for a quote inside a value',
    },
    {
      title: "bytes that are no UTF-8",
      content: Buffer.from("a,b\n1,x\n2,caf\xe9\n", "latin1"),
      message: "data/table.csv line 3: expected UTF-8 text, found other bytes; save the file as UTF-8",
    },
    {
      title: "a column name twice",
      content: "a,b,a\n1,2,3\n",
      message: "data/table.csv line 1: expected every column name once, found `a` twice; rename one of them",
    },
    {
      title: "column names that SQL cannot tell apart",
      content: "Late,late\n1,2\n",
      message:
        "data/table.csv line 1: expected every column name once, found `Late` and `late`, the same name in SQL; rename one of them",
    },
    {
      title: "numbers instead of column names",
      content: "1,2.5\n3,4\n",
      message:
        "data/table.csv line 1: expected column names, found the numbers 1, 2.5; add a first line with the names",
    },
    {
      title: "decimal commas with something between thousands",
      content: "ort;preis\nKöln;103,22\nBonn;1.234,50\n",
      message:
        "data/table.csv column preis row 2: expected numbers with one decimal sign and nothing between thousands, found `1.234,50` beside `103,22` in row 1; write every number like 1234,5, or keep the column as text with `textColumns: [preis]` of the step",
    },
    {
      title: "decimal commas and points in one column",
      content: "a;b\n1;1.5\n2;2.5\n3;2,5\n",
      message:
        "data/table.csv column b row 3: expected numbers with one decimal sign and nothing between thousands, found `2,5` beside `1.5` in row 1; write every number like 1234.5, or keep the column as text with `textColumns: [b]` of the step",
    },
    {
      title: "commas between thousands",
      content: 'a,b\n1,"1,234.50"\n2,999\n',
      message:
        "data/table.csv column b row 1: expected numbers with one decimal sign and nothing between thousands, found `1,234.50`; write every number like 1234.5, or keep the column as text with `textColumns: [b]` of the step",
    },
    {
      title: "points that may stand between thousands in a file with decimal commas",
      content: "preis;menge\n1,5;12\n2,5;1.234\n",
      message:
        "data/table.csv column menge row 2: expected numbers written as in column preis, where row 1 has the decimal comma `1,5`, found `1.234`, which may be 1234 or 1,234; write it without a point between thousands, or keep the column as text with `textColumns: [menge]` of the step",
    },
    {
      title: "an empty file",
      content: "",
      message: "data/table.csv: expected at least one row, found an empty table; check what wrote the file",
    },
    {
      title: "a header alone",
      content: "a,b\n",
      message: "data/table.csv: expected at least one row, found an empty table; check what wrote the file",
    },
    {
      title: "an unknown ending",
      name: "table.xlsx",
      content: "PK",
      message:
        "data/table.xlsx: expected a file that ends in .csv, .tsv, .parquet, .jsonl or .json, found .xlsx; export the table as CSV or Parquet",
    },
    {
      title: "broken JSON",
      name: "table.jsonl",
      content: '{"a":1}\n{"a":\n',
      message:
        "data/table.jsonl line 2: expected one JSON object per line, found Unexpected end of JSON input; fix the line",
    },
    {
      title: "something else under the name of Parquet",
      name: "table.parquet",
      content: "a,b\n1,2\n",
      message:
        "data/table.parquet: expected a Parquet file, found Invalid Input Error: File 'data/table.parquet' too small to be a Parquet file; check the file and its ending",
    },
    {
      title: "a text column that is not there",
      content: "zip\n01234\n",
      params: { textColumns: ["zpi"] },
      message: "data/table.csv: expected a column `zpi`, found zip; did you mean `zip`?",
    },
    {
      title: "an unknown column in SQL",
      content: "a,b\n1,2\n",
      sql: "SELECT a,\n  bb\nFROM source",
      message: `sql/query.sql line 2: ${select} Binder Error: Referenced column "bb" not found in FROM clause; columns with a similar name: "b"`,
    },
    {
      title: "a syntax error in SQL",
      content: "a\n1\n",
      sql: "SELECT a\nFROM source\nWHERE WHERE a = 1",
      message: `sql/query.sql line 3: ${select} Parser Error: syntax error at or near "WHERE"; fix the query`,
    },
    {
      title: "a value that SQL cannot convert",
      content: "a\nx\n",
      sql: "SELECT\n  CAST(a AS INTEGER) AS a\nFROM source",
      message: `sql/query.sql line 2: ${select} Conversion Error: Could not convert string 'x' to INT32 when casting from source column a; fix the query`,
    },
    {
      title: "no row left",
      content: "a\n1\n",
      sql: "SELECT a FROM source WHERE a > 1",
      message: "sql/query.sql: expected at least one row, found an empty result; check the conditions of the query",
    },
    {
      title: "one column name twice in SQL",
      content: "a\n1\n",
      sql: "SELECT a, a FROM source",
      message: "sql/query.sql: expected every column name once, found `a` twice; rename one of them",
    },
    {
      title: "two statements",
      content: "a\n1\n",
      sql: "SELECT 1; SELECT 2",
      message:
        "sql/query.sql: expected a single SELECT, found 2 statements; keep one SELECT that reads from `source`; use WITH for parts",
    },
    {
      title: "an empty query",
      content: "a\n1\n",
      sql: "-- later\n",
      message:
        "sql/query.sql: expected a single SELECT, found nothing but comments; keep one SELECT that reads from `source`; use WITH for parts",
    },
    {
      title: "a nested variable",
      content: "a\n1\n",
      sql: "SELECT 1 AS a",
      params: { variables: { list: [1] } },
      message: "param variables.list: expected a text, a number or a boolean, found [1]; write a single value",
    },
  ])("$title", async ({ title: _, message, ...given }) => {
    using run = await ingest(given);
    expect(run.stderr).toBe(`error: ${message}\n`);
    expect(run.exitCode).toBe(1);
  });

  it("a file that is not there", async () => {
    using run = await runComponent(component, {
      inputs: { source: join(files.folder, "none.csv") },
      metadata: { source: { path: "data/none.csv" } },
    });
    expect(run.stderr).toBe(
      "error: data/none.csv: expected a file that can be read, found no such file; check the path, and that the file is not ignored by git\n",
    );
  });
});

it("SQL cannot write where the step writes", async () => {
  using run = await ingest({ content: "a\n1\n", sql: `SELECT 1) TO '${files.folder}/written.csv' --` });
  expect(run.stderr).toMatch(/^error: sql\/query\.sql line 1: expected a SELECT.*\n$/);
  expect({ exitCode: run.exitCode, table: run.outputPath("table") }).toEqual({ exitCode: 1, table: null });
  expect(existsSync(join(files.folder, "written.csv"))).toBe(false);
});
