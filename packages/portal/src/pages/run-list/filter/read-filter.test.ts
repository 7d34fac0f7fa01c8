import { expect, test } from "vitest";
import { readFilter } from "./read-filter.ts";

test.each([
  "metrics.auc > 0.9",
  "metrics.auc >= -1e-3 AND params.depth = '6'",
  "params.`learning rate` != '0.1' and tags.team LIKE 'r%'",
  'attributes.status = "FINISHED"',
  "status = 'it''s' OR NOT (user = 'ada' AND metrics.loss < 1)",
  "tags.team IS NOT NULL AND params.depth IS NULL",
  "run_id NOT IN ('a', 'b')",
  "datasets.name IN ('train')",
  "\"run name\" ILIKE 'x%'",
])("%s is a filter", (filter) => {
  expect(readFilter(filter).problem).toBeNull();
});

test.each([
  ["metrics.auc >", 13, 14, "Expected a number, found the end"],
  ["metrics.auc > '1'", 14, 17, "Expected a number, found '1'"],
  ["params.depth = 6", 15, 16, "Expected a text in single quotes, found 6"],
  ["params.depth > '6'", 13, 14, "param depth takes =, !=, LIKE, ILIKE, IS NULL, IS NOT NULL, found >"],
  ["metric.auc = 1 metrics.b = 2", 15, 24, "Expected AND or OR, found metrics.b"],
  ["(metrics.a = 1", 14, 15, "Expected AND, OR or ), found the end"],
  ["metrics.a = 1)", 13, 14, "Expected AND or OR, found )"],
  ["metrics.a = 1 AND", 17, 18, "Expected what is looked for, such as metrics.auc or status, found the end"],
  ["model.a = 1", 0, 7, "Expected metrics., params., tags., attributes. or datasets. before the key, found model.a"],
  [
    "depth = '6'",
    0,
    5,
    "Expected run_name, status, user_id, start_time, end_time, run_id or a name with a dot, found depth",
  ],
  ["status = 'FINI", 9, 14, "This quote is not closed: 'FINI"],
  ["metrics. = 1", 9, 10, "Expected a key after metrics., found ="],
  ["tags.team IS 5", 13, 14, "Expected NULL or NOT NULL, found 5"],
  ["run_id IN 'a'", 10, 13, "Expected a list such as ('a', 'b'), found 'a'"],
  ["status = 'A' ; drop", 13, 14, "Expected AND or OR, found ;"],
])("%s has its mistake from %i to %i", (filter, from, to, message) => {
  expect(readFilter(filter).problem).toEqual({ from, to, message });
});

test.each([
  ["", { what: "name" }],
  ["metrics.auc ", { what: "comparator", name: { entity: "metric", key: "auc" } }],
  ["status = ", { what: "value", name: { entity: "attribute", key: "status" }, isList: false }],
  ["run_id IN (", { what: "value", name: { entity: "attribute", key: "run_id" }, isList: true }],
  ["run_id IN ('a'", { what: "word", words: [",", ")"] }],
  ["tags.a IS ", { what: "word", words: ["NULL", "NOT NULL"] }],
  ["(metrics.auc > 1 ", { what: "joiner", depth: 1 }],
  ["metrics.auc > 1 AND ", { what: "name" }],
])("after %j comes %j", (filter, expected) => {
  expect(readFilter(filter).expected).toEqual(expected);
});
