import { expect, test } from "vitest";
import { answersFromProfile } from "./answers-from-profile.ts";

const questions = ["name", "target", "positive", "columns", "exclude", "splitBy", "minimumRows"].map((name) => ({
  name,
  type: "value" as const,
  title: name,
}));
const needs = { classes: 2 as const, trainingRows: 50, rowsOfAClass: 5, testShare: 0.2, reservedNames: ["label"] };
const template = { name: "tabular", questions, needs };
const column = (name: string, flags: { flag: string; reason: string }[] = []) => ({
  name,
  type: "string",
  missingShare: 0.5,
  min: "Ada",
  max: "Zoe",
  top: [{ value: "Ada", rows: 2 }],
  flags,
});
const profile = {
  rows: 1000,
  columns: [
    column("id", [{ flag: "idLike", reason: "almost every row has a value of its own" }]),
    column("day", [{ flag: "timeSplit", reason: "a time" }]),
    column("arrived", [{ flag: "afterwards", reason: "its name sounds like something known afterwards" }]),
    column("late"),
  ],
  target: {
    name: "late",
    task: "binary",
    positive: "yes",
    distinct: 2,
    classes: [
      { value: "no", share: 0.6 },
      { value: "yes", share: 0.4 },
    ],
    problems: ["3 rows without a value of `late`"],
  },
  suggestions: { splitBy: "day", exclude: ["id"] },
};

test("the data answers what it can; what people answered stands", () => {
  const { answers, warnings } = answersFromProfile(template, { name: "x", positive: "no" }, profile);
  expect(answers).toEqual({
    name: "x",
    target: "late",
    positive: "no",
    columns: profile.columns.map(({ name }) => ({ name, type: "string", missing: 0.5 })),
    exclude: ["id"],
    splitBy: "day",
    minimumRows: 500,
  });
  expect(warnings).toEqual([
    "target: 3 rows without a value of `late`",
    "`id` is left out: almost every row has a value of its own",
    "`arrived`: its name sounds like something known afterwards",
  ]);
});

test("says how the table was read, which a CSV file leaves open", () => {
  const reading = { delimiter: ";", decimalCommas: ["price"] };
  const asked = { ...template, questions: [{ name: "decimalComma", type: "boolean" as const, title: "" }] };
  expect(answersFromProfile(asked, {}, { ...profile, reading })).toMatchObject({
    answers: { decimalComma: true },
    understood: "1000 rows of 4 texts; separated by `;`; decimal commas in `price`",
  });
  const columns = [{ ...column("n"), type: "integer" }, { ...column("t"), type: "timestamp" }, column("late")];
  expect(answersFromProfile(template, {}, { ...profile, columns }).understood).toBe(
    "1000 rows of 1 text, 1 whole number, 1 time",
  );
});

test("ranges of numbers are answers; texts of the data are not, for answers go into git", () => {
  const age = { ...column("age"), type: "integer", min: 18, max: 80 };
  const { answers } = answersFromProfile(template, {}, { ...profile, columns: [age, column("late")] });
  expect(answers.columns).toEqual([
    { name: "age", type: "integer", missing: 0.5, min: 18, max: 80 },
    { name: "late", type: "string", missing: 0.5 },
  ]);
});

test("a column that people keep is still warned of", () => {
  expect(answersFromProfile(template, { exclude: [] }, profile).warnings).toContain(
    "`id`: almost every row has a value of its own",
  );
});

test("only what the template asks is answered", () => {
  expect(
    answersFromProfile({ name: "plain", questions: questions.slice(0, 1) }, { name: "x" }, profile).answers,
  ).toEqual({ name: "x" });
});

test("a table that cannot be learned from is refused, with everything that stands in the way", () => {
  const target = {
    ...profile.target,
    task: "regression",
    distinct: 400,
    classes: [],
    problems: ["`late` is a quantity"],
  };
  expect(() => answersFromProfile(template, {}, { ...profile, target })).toThrow(
    "target 'late': expected two values, found 400",
  );
  // what people answer counts: another column to predict, and which are no features
  expect(() => answersFromProfile(template, { target: "lat" }, profile)).toThrow(
    "expected a column of the table, found 'lat'",
  );
  const excluded = { exclude: ["id", "day", "arrived"] };
  expect(() => answersFromProfile(template, excluded, { ...profile, target })).toThrow(
    expect.objectContaining({
      message: "tabular cannot learn from this table",
      problems: [
        { message: "target 'late': expected two values, found 400" },
        { message: expect.stringMatching(/^features: .* found none \(id: .*; arrived: its name sounds/) },
      ],
    }),
  );
  expect(answersFromProfile({ name: "plain", questions }, {}, { ...profile, target }).answers.target).toBe("late");
});

test("what is no profile is told", () => {
  expect(() => answersFromProfile(template, {}, { rows: "many" })).toThrow(
    "The profile is not one that Pave made: rows:",
  );
});
