import { expect, test } from "vitest";
import { checkNeeds, type TableFacts, type TemplateNeeds } from "./check-needs.ts";

const needs: TemplateNeeds = {
  classes: 2,
  trainingRows: 50,
  rowsOfAClass: 5,
  testShare: 0.2,
  reservedNames: ["label", "probabilities"],
};
const column = (name: string, over: Partial<TableFacts["columns"][number]> = {}) => ({
  name,
  type: "string",
  missingShare: 0,
  flags: [],
  ...over,
});
const target = {
  distinct: 2,
  missingShare: 0,
  problems: [],
  classes: [
    { value: "yes", share: 0.6 },
    { value: "no", share: 0.4 },
  ],
};
const table: TableFacts = { rows: 1000, columns: [column("age"), column("y")], target };
const key = column("id", { flags: [{ flag: "idLike", reason: "almost every row has a value of its own" }] });
const day = column("day", { type: "timestamp" });

const check = (
  over: Partial<TableFacts> = {},
  chosen: { exclude?: string[]; splitBy?: string; target?: string } = {},
) =>
  checkNeeds(needs, { ...table, ...over }, { target: "y", exclude: [], splitBy: "", ...chosen }).map(
    ({ message, fix }) => `${message} | ${fix}`,
  );

test("a table that can be learned from is taken, down to the last row that it needs", () => {
  expect(check()).toEqual([]);
  expect(check({ rows: 62 })).toEqual([]);
  expect(check({ target: null })).toEqual([]);
  // the target itself may be called as an output, and so may what is left out
  expect(check({ columns: [column("age"), column("label")] }, { target: "label" })).toEqual([]);
  expect(check({ columns: [...table.columns, column("label")] }, { exclude: ["label"] })).toEqual([]);
});

test.each<[string, Partial<TableFacts>, Parameters<typeof check>[1], string]>([
  [
    "too few rows",
    { rows: 61 },
    {},
    "target 'y': expected at least 50 training rows and 5 of each value, found 24 rows with no and 37 with yes, of which 20% are kept for the test | give more data",
  ],
  [
    "too few rows with a value of the target",
    { rows: 80, target: { ...target, missingShare: 0.5 } },
    {},
    "target 'y': expected at least 50 training rows and 5 of each value, found 16 rows with no and 24 with yes, of which 20% are kept for the test | give more data",
  ],
  [
    "a class too rare",
    {
      target: {
        ...target,
        classes: [
          { value: "no", share: 0.995 },
          { value: "yes", share: 0.005 },
        ],
      },
    },
    {},
    "target 'y': expected at least 50 training rows and 5 of each value, found 995 rows with no and 5 with yes, of which 20% are kept for the test | give more data",
  ],
  [
    "one class",
    { target: { ...target, distinct: 1, classes: [{ value: "no", share: 1 }], problems: ["`y` is no in every row"] } },
    {},
    "target 'y': expected two values, found only no | `y` is no in every row. Choose another column, or derive one with yes and no in the SQL",
  ],
  [
    "three classes",
    { target: { ...target, distinct: 3, classes: ["c", "a", "b"].map((value) => ({ value, share: 0.33 })) } },
    {},
    "target 'y': expected two values, found 3 (a, b, c) | Choose another column, or derive one with yes and no in the SQL",
  ],
  [
    "one column",
    { columns: [column("y")] },
    {},
    "features: expected at least one column of text, numbers or booleans beside 'y', found none (the table has no other column) | add a column that tells something about it, or derive one in the SQL",
  ],
  [
    "nothing but keys and times",
    { columns: [key, day, column("empty", { missingShare: 1 }), column("y")] },
    { exclude: ["id"] },
    "features: expected at least one column of text, numbers or booleans beside 'y', found none (id: almost every row has a value of its own; day: a time is no feature; derive numbers from it in the SQL; empty: has no value) | add a column that tells something about it, or derive one in the SQL",
  ],
  [
    "a column called as an output",
    { columns: [column("label"), column("y")] },
    {},
    "features: expected names other than the model's outputs, found a column 'label' | rename it in the table or in the SQL",
  ],
  [
    "a target that is not there",
    {},
    { target: "z" },
    "target: expected a column of the table, found 'z' | name one of its columns: age, y",
  ],
])("%s is refused in the words of the training code", (_, over, chosen, said) => {
  expect(check(over, chosen)).toEqual([said]);
});

test("a key is taken as a feature by who insists, and with a split by time no class is counted as if it were drawn", () => {
  expect(check({ columns: [key, column("y")] })).toEqual([]);
  const rare = [
    { value: "no", share: 0.995 },
    { value: "yes", share: 0.005 },
  ];
  expect(check({ target: { ...target, classes: rare } }, { splitBy: "day" })).toEqual([]);
});
