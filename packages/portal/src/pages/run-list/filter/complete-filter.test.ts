import { expect, test } from "vitest";
import { applyCompletion, completeFilter, type Known } from "./complete-filter.ts";

const known: Known = {
  metrics: [
    { name: "roc_auc", runs: 9 },
    { name: "auc", runs: 3 },
    { name: "loss", runs: 9 },
    { name: "log loss", runs: 1 },
  ],
  params: [{ name: "model", runs: 9 }],
  tags: [{ name: "team", runs: 2 }],
  values: [{ value: "it's", runs: 1 }],
  now: 10 * 86_400_000,
};
/** `|` is where the cursor stands. */
const complete = (marked: string) => completeFilter(marked.replace("|", ""), marked.indexOf("|"), known);
const texts = (marked: string) => complete(marked).items.map(({ text }) => text);

test.each([
  ["au|", ["metrics.auc", "metrics.roc_auc"]],
  ["metrics.lo|", ["metrics.loss", "metrics.`log loss`"]],
  ["metrics.`log|", ["metrics.`log loss`"]],
  ["sta|", ["status", "start_time"]],
  ["metrics.auc |", [">", ">=", "=", "!=", "<", "<="]],
  ["tags.team |", ["=", "!=", "LIKE", "ILIKE", "IS NULL", "IS NOT NULL"]],
  ["tags.team IS NOT |", ["NULL"]],
  ["run_id IN |", ["("]],
  ["run_id IN ('a' |", [",", ")"]],
  ["(status = 'FAILED' OR metrics.`log l|", ["metrics.`log loss`"]],
  ["user = |", []],
  ["nonsense.x = 1 AND |", []],
  ["metrics.auc > 'x' AND |", []],
  ["metrics.auc >| 0.9", [">="]],
  ["params.model is|", ["IS NULL", "IS NOT NULL"]],
  ["status = |", ["'FINISHED'", "'RUNNING'", "'FAILED'", "'KILLED'", "'SCHEDULED'"]],
  ["status = 'f|", ["'FINISHED'", "'FAILED'"]],
  ["status = 'FAILED' |", ["AND", "OR"]],
  ["(status = 'FAILED' |", ["AND", "OR", ")"]],
  ["params.model = 'i|", ["'it''s'"]],
  ["start_time > |", ["860400000", "777600000", "259200000", "-1728000000"]],
  ["status = 'FAILED' AND te|", ["tags.team", "datasets.context"]],
  ["nonsense.x = |", []],
  ["metrics.auc > |", []],
])("at %s it offers %j", (marked, expected) => {
  expect(texts(marked)).toEqual(expected);
});

test("values are asked of the server for params, tags, users and names", () => {
  expect(complete("params.model = 'fo|").wants).toEqual({ of: "params.model", part: "fo" });
  expect(complete("user_id = |").wants).toEqual({ of: "attributes.user_id", part: "" });
  expect(complete("metrics.auc = |").wants).toBeNull();
});

test("what is chosen takes the place of what was written, and the cursor stands behind it", () => {
  const source = "status = 'FAILED' AND au > 1";
  const completion = completeFilter(source, 24, known);
  expect(applyCompletion(source, completion, "metrics.auc")).toEqual({
    text: "status = 'FAILED' AND metrics.auc > 1",
    cursor: 34,
  });
});
