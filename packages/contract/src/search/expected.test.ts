import { expect, test } from "vitest";
import { expectedNext } from "./expected.ts";
import { runLanguage } from "./languages.ts";
import { wordAt } from "./word-at.ts";

const status = { what: "value", on: "attribute", key: { key: "status", type: "text" } };
const runId = { what: "value", on: "attribute", key: { key: "run_id", type: "text", lists: true } };

test.each([
  ["", { what: "name" }],
  ["  ", { what: "name" }],
  ["NOT ", { what: "name" }],
  ["metrics.auc > 1 AND ", { what: "name" }],
  ["(", { what: "name" }],
  ["metrics.auc ", { what: "comparator", comparators: [">", ">=", "=", "!=", "<", "<="] }],
  ["metrics.auc > 1 AND status ", { what: "comparator", comparators: ["=", "!=", "LIKE", "ILIKE"] }],
  ["status = ", status],
  ["run_id IN ", { what: "words", words: ["("] }],
  ["run_id NOT IN (", runId],
  ["run_id IN ('a'", { what: "words", words: [",", ")"] }],
  ["run_id NOT ", { what: "words", words: ["IN"] }],
  ["tags.a IS ", { what: "words", words: ["NULL", "NOT NULL"] }],
  ["tags.a IS NOT ", { what: "words", words: ["NULL"] }],
  ["metrics.auc > 1 ", { what: "joiner", depth: 0 }],
  ["((metrics.auc > 1 ", { what: "joiner", depth: 2 }],
  ["user = ", null],
  ["user = 'ada' AND ", null],
  ["params.depth > '6' AND ", null],
  ["status = 'FINI", null],
  ["status = 'A' ; ", null],
])("after %j comes %j", (source, expected) => {
  expect(expectedNext(runLanguage, source)).toEqual(expected);
});

/** `|` is where the cursor stands. */
test.each([
  ["au|", "au", "au"],
  ["metrics.au|c > 1", "metrics.auc", "metrics.au"],
  ["metrics.auc |", "", ""],
  ["metrics.auc >|", ">", ">"],
  ["(|", "", ""],
  ["status = 'FINI|", "'FINI", "'FINI"],
  ["status = 'FI|NI' AND", "'FINI'", "'FI"],
  ["metrics.`log l|", "metrics.`log l", "metrics.`log l"],
  ["metrics.`log loss`|", "metrics.`log loss`", "metrics.`log loss`"],
  ["status = ; au|", "", ""],
])("at %s the word is %j", (marked, word, part) => {
  const source = marked.replace("|", "");
  const found = wordAt(source, marked.indexOf("|"));
  expect([source.slice(found.from, found.to), found.part]).toEqual([word, part]);
});
