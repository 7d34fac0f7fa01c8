import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Params, readComponent } from "../lib/testing/component-folder.ts";
import { type ComponentRun, runComponent } from "../lib/testing/run-component.ts";
import { createTemporaryFiles } from "../lib/testing/temporary-files.ts";

const component = readComponent(import.meta.dirname);
const trouble = join(import.meta.dirname, "fixtures/trouble.csv");
const files = createTemporaryFiles();
afterAll(() => files.remove());

interface Profile {
  readonly rows: number;
  readonly sampledRows: number;
  readonly columns: readonly {
    readonly name: string;
    readonly auc: number | null;
    readonly flags: readonly { readonly flag: string; readonly reason: string }[];
  }[];
  readonly target: { readonly problems: readonly string[] } | null;
  readonly suggestions: { readonly splitBy: string | null; readonly exclude: readonly string[] };
}

async function profile(source: string, params: Params = {}, sql?: string): Promise<Profile> {
  const inputs = sql === undefined ? { source } : { source, sql: files.write("query.sql", sql) };
  using run: ComponentRun = await runComponent(component, {
    inputs,
    params,
    metadata: { source: { path: "data/table.csv" } },
  });
  expect(run.stderr).toBe("");
  return run.readJson("profile") as unknown as Profile;
}

function table(header: string, row: (i: number) => readonly unknown[], rows = 2000): string {
  return files.write(
    "table.csv",
    `${header}\n${Array.from({ length: rows }, (_, i) => row(i).join(",")).join("\n")}\n`,
  );
}

const flagsOf = (found: Profile) =>
  Object.fromEntries(
    found.columns.flatMap(({ name, flags }) => (flags.length > 0 ? [[name, flags.map(({ flag }) => flag)]] : [])),
  );
/** A fixed sequence that looks drawn: 0 to 1. */
function drawn(i: number, salt = 1): number {
  let x = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca6b);
  for (let round = 0; round < 2; round++) x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
}

describe("profile-table", () => {
  it("describes each type of column", async () => {
    const { columns, rows } = await profile(
      files.write(
        "table.csv",
        "n,x,t,b,d\n1,0.5,a,true,2001-01-01\n2,,b,false,2001-01-02\n3,1.5,a,true,2001-01-03\n4,2.5,,true,2001-01-04\n",
      ),
    );
    expect(rows).toBe(4);
    const none = {
      mean: null,
      deviation: null,
      quantiles: null,
      numberShare: null,
      dateShare: null,
      auc: null,
      flags: [],
    };
    expect(columns).toEqual([
      expect.objectContaining({
        name: "n",
        type: "integer",
        sqlType: "BIGINT",
        missing: 0,
        distinct: 4,
        min: 1,
        max: 4,
        mean: 2.5,
      }),
      expect.objectContaining({
        name: "x",
        type: "number",
        missing: 1,
        missingShare: 0.25,
        distinct: 3,
        min: 0.5,
        max: 2.5,
        mean: 1.5,
        quantiles: expect.objectContaining({ p50: 1.5 }),
        top: null,
      }),
      {
        ...none,
        name: "t",
        type: "string",
        sqlType: "VARCHAR",
        missing: 1,
        missingShare: 0.25,
        distinct: 2,
        min: "a",
        max: "b",
        top: [
          { value: "a", rows: 2 },
          { value: "b", rows: 1 },
        ],
        numberShare: 0,
        dateShare: 0,
      },
      {
        ...none,
        name: "b",
        type: "boolean",
        sqlType: "BOOLEAN",
        missing: 0,
        missingShare: 0,
        distinct: 2,
        min: "false",
        max: "true",
        top: [
          { value: "true", rows: 3 },
          { value: "false", rows: 1 },
        ],
      },
      {
        ...none,
        name: "d",
        type: "timestamp",
        sqlType: "DATE",
        missing: 0,
        missingShare: 0,
        distinct: 4,
        min: "2001-01-01",
        max: "2001-01-04",
        top: null,
      },
    ]);
  });

  it("flags what would hurt a model, and says why", async () => {
    const found = await profile(trouble, { target: "late" });
    expect(flagsOf(found)).toEqual({
      flight: ["idLike"],
      departure: ["timeSplit"],
      airline: ["constant"],
      note: ["mostlyMissing"],
      temperature: ["numberLike"],
      minutes: ["leak"],
      reason: ["mostlyMissing", "leak"],
      arrived: ["afterwards", "timeSplit"],
    });
    const reasons = Object.fromEntries(found.columns.map(({ name, flags }) => [name, flags.at(-1)?.reason]));
    expect(reasons.temperature).toBe("95.5% of the texts are numbers; name the others under `missing`: `NA`");
    expect(reasons.reason).toMatch(
      /^whether `reason` is filled in tells `late`, so it is probably written afterwards; /,
    );
    expect(reasons.minutes).toMatch(/^`minutes` alone tells `late` completely, /);
    expect(found.suggestions).toEqual({
      splitBy: "departure",
      exclude: ["flight", "airline", "note", "minutes", "reason"],
    });
  });

  it("tells a leak from an honest strong feature, and does not think a key clever", async () => {
    const found = await profile(
      table("key,strong,weak,copy,city,code,y", (i) => {
        const y = drawn(i) < 0.3;
        const strong = drawn(i, 2) + (y ? 0.6 : 0);
        return [
          `k${(i * 7919) % 1999}`,
          strong.toFixed(4),
          (drawn(i, 3) + (y ? 0.1 : 0)).toFixed(3),
          y ? "P" : "N",
          `c${i % 200}`,
          y ? (i % 5) * 2 + 1 : (i % 5) * 2,
          y ? 1 : 0,
        ];
      }),
      { target: "y" },
    );
    expect(flagsOf(found)).toEqual({ key: ["idLike"], copy: ["leak"], code: ["leak"] });
    const auc = Object.fromEntries(found.columns.map((column) => [column.name, column.auc ?? 0]));
    expect(auc.copy).toBe(1);
    // Odd codes are positive: no order tells it, only the values do.
    expect(auc.code).toBeGreaterThan(0.98);
    expect(auc.strong).toBeGreaterThan(0.85);
    expect(auc.strong).toBeLessThan(0.98);
    expect(auc.city).toBeLessThan(0.7);
  });

  it("finds what leaks a target of broken numbers", async () => {
    const found = await profile(
      table("copy,x,y", (i) => [drawn(i) < 0.3 ? "P" : "N", i % 7, drawn(i) < 0.3 ? "1.0" : "0.0"]),
      { target: "y" },
    );
    expect(flagsOf(found)).toEqual({ copy: ["leak"] });
  });

  it("flags a time that always lies after another one", async () => {
    const at = (minutes: number) => new Date(Date.UTC(2001, 0, 1) + minutes * 60_000).toISOString().slice(0, 19);
    const found = await profile(
      table("opened,due,y", (i) => [at(i * 30), at(i * 30 + 60 + (i % 7)), i % 2], 100),
      { target: "y" },
    );
    expect(flagsOf(found)).toEqual({ opened: ["timeSplit"], due: ["timeSplit", "afterwards"] });
    expect(found.suggestions.splitBy).toBe("opened");
  });

  it.each([
    [
      "a quantity",
      "y",
      (i: number) => [i * 1.5],
      {
        task: "regression",
        classes: [],
        problems: [
          "`y` has 2000 different numbers, so it is a quantity; for a classifier derive a class in the SQL, such as `y > 15 AS y_high`",
        ],
      },
    ],
    [
      "three classes",
      "y",
      (i: number) => ["abc"[i % 3]],
      { task: "multiclass", positive: null, problems: ["`y` has 3 classes; a binary classifier needs two"] },
    ],
    [
      "0.0 and 1.0, as whole numbers beside gaps are written",
      "x,y",
      (i: number) => [i % 2 === 0 ? "a" : "b", i % 10 === 0 ? "" : i % 3 === 0 ? "0.0" : "1.0"],
      { task: "binary", positive: "1", classes: [{ value: "1" }, { value: "0" }] },
    ],
    [
      "yes and no in another language",
      "y",
      (i: number) => [i % 3 === 0 ? "nein" : "Ja"],
      { task: "binary", positive: "Ja", problems: [] },
    ],
    [
      "one class only",
      "y",
      () => ["new"],
      { task: "binary", problems: ["`y` is new in every row, so there is nothing to tell apart"] },
    ],
    [
      "gaps",
      "x,y",
      (i: number) => [1, i % 4 === 0 ? "" : i % 2 === 0 ? "no" : "yes"],
      {
        task: "binary",
        positive: "yes",
        missing: 500,
        problems: ["500 rows without a value of `y`; leave them out in the SQL"],
      },
    ],
    [
      "a rare class",
      "y",
      (i: number) => [i < 5 ? 1 : 0],
      { task: "binary", positive: "1", problems: ["only 5 rows with 1; a model and its test need more"] },
    ],
  ])("says what is wrong with a target that has %s", async (_, header, row, target) => {
    const found = await profile(table(header, row), { target: "y" });
    expect(found.target).toMatchObject(target);
  });

  it("looks at a sample of a large table, the same one every time", async () => {
    const source = table("a,b", (i) => [i % 10, drawn(i).toFixed(6)], 20_000);
    const [first, again] = [await profile(source, { sample: 2000 }), await profile(source, { sample: 2000 })];
    expect(first).toEqual(again);
    expect(first.rows).toBe(20_000);
    expect(Math.abs(first.sampledRows - 2000)).toBeLessThan(200);
  });

  it("profiles what the project's SQL makes of the table", async () => {
    const found = await profile(trouble, { target: "delayed" }, "SELECT origin, minutes > 15 AS delayed FROM source;");
    expect(found.columns.map(({ name }) => name)).toEqual(["origin", "delayed"]);
    expect(found.target).toMatchObject({ name: "delayed", task: "binary", positive: "true" });
  });

  it("says how a CSV file was read, and of numbers that stayed text why", async () => {
    const semicolons = table("price;sold;y", (i) => [`${i % 90},5;${1 + (i % 9)},${100 + (i % 800)};${i % 2}`], 100);
    expect(await profile(semicolons)).toMatchObject({
      reading: { delimiter: ";", decimalCommas: ["price", "sold"] },
      columns: [{ type: "number", max: 89.5 }, { type: "number" }, { type: "integer" }],
    });

    const thousands = await profile(table("sold,y", (i) => [`"${1 + (i % 9)},${100 + (i % 800)}"`, i % 2], 100));
    expect(thousands).toMatchObject({ reading: { delimiter: ",", decimalCommas: [] } });
    expect(thousands.columns[0]?.flags).toContainEqual({
      flag: "numberLike",
      reason: expect.stringMatching(/^numbers stored as text, such as `\d,\d+`; if they are quantities, write them /),
    });

    const gaps = await profile(table("price;y", (i) => [`${i % 10 === 0 ? "k.A." : `${i % 7},5`};${i % 2}`], 100));
    expect(gaps.columns[0]?.flags.map(({ reason }) => reason)).toEqual([
      "90% of the texts are numbers; name the others under `missing`: `k.A.`",
    ]);
  });

  it("refuses a broken table in the words of the table", async () => {
    const source = files.write("broken.csv", "a,b\n1\n");
    using run = await runComponent(component, {
      inputs: { source },
      metadata: { source: { path: "data/broken.csv" } },
    });
    expect(run.stderr).toMatch(/^error: data\/broken\.csv line 2: expected 2 columns as in the header, found 1; .*\n$/);
  });
});
