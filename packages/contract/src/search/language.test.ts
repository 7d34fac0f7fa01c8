import { describe, expect, test } from "vitest";
import type { Filter } from "./filter.ts";
import { type Language, parseFilter, parseOrders } from "./language.ts";
import { experimentLanguage, loggedModelLanguage, modelLanguage, runLanguage, versionLanguage } from "./languages.ts";
import type { SearchMistake } from "./search-mistake.ts";

const condition = (on: string, key: string, comparator: string, value: unknown) => ({ on, key, comparator, value });

/** What is joined by AND, all conditions. */
function conditionsOf<On extends string>(language: Language<On>, text: string) {
  const filter = parseFilter(language, text);
  const parts: readonly Filter<On>[] = filter.type === "all" ? filter.of : [filter];
  return parts.map((part) => (part.type === "condition" ? part.condition : part));
}

/** A tree of which a condition is the name of its key. */
function shapeOf(filter: Filter): unknown {
  if (filter.type === "condition") return filter.condition.key;
  return filter.type === "not" ? { not: shapeOf(filter.of) } : { [filter.type]: filter.of.map(shapeOf) };
}

describe("a filter of runs", () => {
  test.each([
    ["", []],
    ["   ", []],
    ["metrics.auc > 0.9", [condition("metric", "auc", ">", 0.9)]],
    ["metric.auc>=.5", [condition("metric", "auc", ">=", 0.5)]],
    ["metrics.loss < -1e-3", [condition("metric", "loss", "<", -0.001)]],
    ["metrics.loss<=+2", [condition("metric", "loss", "<=", 2)]],
    ["metrics.a = 1 AND metrics.b != 2", [condition("metric", "a", "=", 1), condition("metric", "b", "!=", 2)]],
    ["metrics.a = 1 and metrics.b = 2", [condition("metric", "a", "=", 1), condition("metric", "b", "=", 2)]],
    ["params.model = 'forest'", [condition("param", "model", "=", "forest")]],
    ["param.depth = '3'", [condition("param", "depth", "=", "3")]],
    ["parameter.x LIKE 'a%'", [condition("param", "x", "LIKE", "a%")]],
    ["parameters.x ilike '%A_'", [condition("param", "x", "ILIKE", "%A_")]],
    ['tags.owner = "ada"', [condition("tag", "owner", "=", "ada")]],
    ["tag.mlflow.source.name = 'train.py'", [condition("tag", "mlflow.source.name", "=", "train.py")]],
    ["tags.`with space` != 'x'", [condition("tag", "with space", "!=", "x")]],
    ['metrics."my metric" > 1', [condition("metric", "my metric", ">", 1)]],
    ["metrics.train/loss-1 > 1", [condition("metric", "train/loss-1", ">", 1)]],
    ["params.x IS NULL", [condition("param", "x", "IS NULL", null)]],
    ["tags.x is not null", [condition("tag", "x", "IS NOT NULL", null)]],
    ["attributes.status = 'FINISHED'", [condition("attribute", "status", "=", "FINISHED")]],
    ["attribute.run_name LIKE 'a%'", [condition("attribute", "run_name", "LIKE", "a%")]],
    ["attr.`Run name` = 'x'", [condition("attribute", "run_name", "=", "x")]],
    ["run.user_id = 'ada'", [condition("attribute", "user_id", "=", "ada")]],
    ["run_name = 'x'", [condition("attribute", "run_name", "=", "x")]],
    ["`run name` = 'x'", [condition("attribute", "run_name", "=", "x")]],
    ["status != 'FAILED'", [condition("attribute", "status", "!=", "FAILED")]],
    ["artifact_uri ILIKE '%x'", [condition("attribute", "artifact_uri", "ILIKE", "%x")]],
    ["start_time > 1700000000000", [condition("attribute", "start_time", ">", 1_700_000_000_000)]],
    ["attributes.Created <= 5", [condition("attribute", "start_time", "<=", 5)]],
    ["created > 1.5", [condition("attribute", "start_time", ">", 1.5)]],
    ["`Run Name` = 'x'", [condition("attribute", "run_name", "=", "x")]],
    ["attributes.`run_name` = 'x'", [condition("attribute", "run_name", "=", "x")]],
    ['attributes."run_name" = "x"', [condition("attribute", "run_name", "=", "x")]],
    ["`metrics`.a > 1", [condition("metric", "a", ">", 1)]],
    ["`metrics`.`a b` > 1", [condition("metric", "a b", ">", 1)]],
    ["metrics.a.b > 1", [condition("metric", "a.b", ">", 1)]],
    ["params.ü = 'ß'", [condition("param", "ü", "=", "ß")]],
    ["params.9lives = 'x'", [condition("param", "9lives", "=", "x")]],
    ["params.not = 'x'", [condition("param", "not", "=", "x")]],
    ["user_id != 'ada'", [condition("attribute", "user_id", "!=", "ada")]],
    ["end_time <= -1", [condition("attribute", "end_time", "<=", -1)]],
    ["datasets.digest != 'a'", [condition("dataset", "digest", "!=", "a")]],
    ["datasets.context NOT IN ('a')", [condition("dataset", "context", "NOT IN", ["a"])]],
    ["run_id IN ('a',)", [condition("attribute", "run_id", "IN", ["a"])]],
    ["run_id IN (\"it's\", 'b')", [condition("attribute", "run_id", "IN", ["it's", "b"])]],
    ["end_time = 0", [condition("attribute", "end_time", "=", 0)]],
    ["run_id IN ('a', 'b')", [condition("attribute", "run_id", "IN", ["a", "b"])]],
    ["attributes.run_id NOT IN ('a')", [condition("attribute", "run_id", "NOT IN", ["a"])]],
    ["datasets.name = 'iris'", [condition("dataset", "name", "=", "iris")]],
    ["dataset.digest IN ('a','b')", [condition("dataset", "digest", "IN", ["a", "b"])]],
    ["datasets.context LIKE 'tr%'", [condition("dataset", "context", "LIKE", "tr%")]],
    ["params.quote = 'it''s'", [condition("param", "quote", "=", "it's")]],
    ["params.or = 'a OR b AND c'", [condition("param", "or", "=", "a OR b AND c")]],
  ])("%s", (filter, conditions) => {
    expect(conditionsOf(runLanguage, filter)).toEqual(conditions);
  });

  test.each([
    ["metrics.a > 1 OR", /position 17: expected the name of what is searched for, found its end/],
    ["(metrics.a > 1", /expected AND, OR or \), found its end/],
    ["metrics.a > 1)", /expected AND, OR or the end, found \)/],
    ["()", /expected the name/],
    ["NOT", /expected the name/],
    ["metrics.a > 1 NOT metrics.b > 1", /expected AND, OR or the end, found NOT/],
    ["metrics.a > 1 AND", /expected the name/],
    ["AND metrics.a > 1", /expected a comparator|Invalid/],
    ["metrics.a > 1 metrics.b > 1", /position 15: expected AND, OR or the end, found metrics\.b > 1/],
    ["METRICS.a > 1", /Invalid entity type 'METRICS'/],
    ["Status = 'x'", /Invalid attribute key 'Status'/],
    ["user = 'x'", /Invalid attribute key 'user'/],
    ["metrics.a <> 1", /expected a comparator/],
    ["metrics.a == 1", /expected a comparator/],
    ["metrics.a > - 1", /invalid character "-"/],
    ["metrics.x@3 > 1", /invalid character "@"/],
    ["params.a = `b`", /expected a number or a quoted string value, found `b`/],
    ["'a' = params.b", /expected the name/],
    ["params. `a` = 'b'", /expected a key after params/],
    ["params.a IN ('b')", /Invalid comparator 'IN' for param/],
    ["tags.a NOT IN ('b')", /Invalid comparator 'NOT IN' for tag/],
    ["run_name IN ('b')", /Invalid comparator 'IN' for attribute 'run_name'/],
    ["run_id IS NULL", /Invalid comparator 'IS NULL' for attribute/],
    ["datasets.name IS NULL", /Invalid comparator 'IS NULL' for dataset/],
    ["datasets.name > 'a'", /Invalid comparator '>' for dataset/],
    ["run_id IN (1)", /expected a quoted string in the list/],
    ["run_id IN ('a' 'b')", /expected \) at the end/],
    ["tags.a = 'b' -- c", /invalid character "-"/],
    ["\0", /invalid character/],
    ["metrics.a", /expected a comparator/],
    ["metrics.a >", /expected a number or a quoted string/],
    ["metrics.a > 'x'", /Expected numeric value/],
    ["metrics.a LIKE 'x'", /Invalid comparator 'LIKE' for metric/],
    ["metrics.a IS NULL", /Invalid comparator 'IS NULL'/],
    ["params.a = 1", /Expected a quoted string value/],
    ["params.a > '1'", /Invalid comparator '>'/],
    ["params.a = b", /expected a number or a quoted string/],
    ["status IN ('FINISHED')", /Invalid comparator 'IN'/],
    ["start_time > '5'", /Expected numeric value/],
    ["start_time LIKE '5'", /Invalid comparator/],
    ["run_id IN ()", /expected a quoted string in the list/],
    ["run_id IN 'a'", /expected a list/],
    ["run_id IN ('a'", /expected \) at the end/],
    ["run_id NOT 'a'", /expected IN after NOT/],
    ["params.x IS 5", /expected NULL/],
    ["attributes.nothing = 'x'", /Invalid attribute key 'nothing'.*run_id/],
    ["nothing = 'x'", /Invalid attribute key 'nothing'/],
    ["datasets.source = 'x'", /Invalid dataset key/],
    ["wrong.key = 'x'", /Invalid entity type 'wrong'/],
    ["__proto__.key = 'x'", /Invalid entity type/],
    ["attributes.constructor = 'x'", /Invalid attribute key/],
    ["metrics. > 1", /expected a key after metrics/],
    ["metrics.`` > 1", /expected a key after metrics/],
    ["params.a = 'open", /position 12: the string that begins with ' has no end/],
    ["params.`open = 'b'", /position 8: the name that begins with ` has no end/],
    ["params.a = 'b'; drop table runs", /invalid character ";"/],
    ["x".repeat(20_001), /more than 20000 characters/],
    [Array(101).fill("metrics.a > 1").join(" AND "), /at most 100 clauses/],
    [Array(1000).fill("metrics.a > 1").join(" OR "), /at most 100 clauses/],
    [`${"(".repeat(51)}metrics.a > 1${")".repeat(51)}`, /at most 50 levels deep/],
    [`${"NOT ".repeat(51)}metrics.a > 1`, /at most 50 levels deep/],
  ])("%s is refused", (filter, message) => {
    expect(() => parseFilter(runLanguage, filter)).toThrow(message);
  });
});

test.each([
  ["metrics.auc", { on: "metric", key: "auc", descending: false }],
  ["metrics.auc DESC", { on: "metric", key: "auc", descending: true }],
  ["params.`a b` asc", { on: "param", key: "a b", descending: false }],
  ["start_time desc", { on: "attribute", key: "start_time", descending: true }],
  ["attributes.created", { on: "attribute", key: "start_time", descending: false }],
  ["tags.mlflow.user", { on: "tag", key: "mlflow.user", descending: false }],
])("runs by %s", (order, expected) => {
  expect(parseOrders(runLanguage, [order])).toEqual([expected]);
});

test.each([
  [["metrics.auc down"], /expected ASC or DESC/],
  [["metrics.auc DESC ASC"], /expected ASC or DESC/],
  [[""], /expected the name/],
  [["nothing"], /Invalid attribute key/],
  [["metrics.a", "metrics.a DESC"], /duplicate fields/],
  [["start_time", "created"], /duplicate fields/],
])("runs by %j is refused", (orders, message) => {
  expect(() => parseOrders(runLanguage, orders)).toThrow(message);
});

describe("AND, OR, NOT and parentheses, which MLflow has not", () => {
  test.each([
    ["metrics.a > 1 OR metrics.b > 1 AND metrics.c > 1", { any: ["a", { all: ["b", "c"] }] }],
    ["metrics.a > 1 AND metrics.b > 1 OR metrics.c > 1", { any: [{ all: ["a", "b"] }, "c"] }],
    ["metrics.a > 1 AND (metrics.b > 1 OR metrics.c > 1)", { all: ["a", { any: ["b", "c"] }] }],
    ["NOT metrics.a > 1 AND metrics.b > 1", { all: [{ not: "a" }, "b"] }],
    ["not (metrics.a > 1 or metrics.b > 1)", { not: { any: ["a", "b"] } }],
    ["NOT NOT metrics.a > 1", { not: { not: "a" } }],
    ["((metrics.a > 1))", "a"],
    ["NOT run_id NOT IN ('x')", { not: "run_id" }],
    ["tags.a IS NULL OR tags.b IS NOT NULL", { any: ["a", "b"] }],
    [`${"(".repeat(50)}metrics.a > 1${")".repeat(50)}`, "a"],
    [Array(100).fill("metrics.a > 1").join(" AND "), { all: Array(100).fill("a") }],
  ])("%s", (filter, shape) => {
    expect(shapeOf(parseFilter(runLanguage, filter))).toEqual(shape);
  });

  test("are in the languages of experiments, models, versions and logged models too", () => {
    const filter = "NOT (name = 'a' OR name = 'b') AND name LIKE 'c%'";
    for (const language of [experimentLanguage, modelLanguage, versionLanguage, loggedModelLanguage])
      expect(shapeOf(parseFilter<string>(language, filter))).toEqual({
        all: [{ not: { any: ["name", "name"] } }, "name"],
      });
  });
});

test("a mistake is told with its place", () => {
  expect(() => parseFilter(runLanguage, "metrics.a > 1 AND params.b = 5")).toThrow(
    expect.objectContaining({ name: "SearchMistake", position: 29 }),
  );
});

describe.each([
  {
    of: "experiments",
    language: experimentLanguage,
    taken: [
      "name = 'a' AND name != 'b' AND name LIKE 'a%' AND name ILIKE 'A%'",
      "attribute.name = 'a'",
      "creation_time > 5 AND creation_time >= 5 AND last_update_time < 5 AND last_update_time <= 5 AND creation_time != 1",
      "tags.x = 'y' AND tag.x != 'z' AND tags.`a b` LIKE '%' AND tags.x ILIKE '%'",
      "tags.x IS NULL AND tags.y IS NOT NULL",
      "experiment_id = '5' AND experiment_id IN ('1', '2') AND experiment_id != '7' AND experiment_id NOT IN ('8')",
    ],
    refused: [
      ["metrics.a > 1", /Invalid entity type 'metrics'/],
      ["attributes.name = 'a'", /Invalid entity type 'attributes'/],
      ["experiment_id = 5", /Expected a quoted string value/],
      ["experiment_id = 'five'", /Expected ids made of digits/],
      ["experiment_id > '5'", /Invalid comparator '>'/],
      ["name IN ('a')", /Invalid comparator 'IN'/],
      ["name > 'a'", /Invalid comparator '>'/],
      ["name IS NULL", /Invalid comparator 'IS NULL'/],
      ["creation_time > 1.5", /Expected a whole number/],
      ["creation_time > '5'", /Expected numeric/],
      ["lifecycle_stage = 'active'", /Invalid attribute key/],
    ],
    ordered: ["name", "experiment_id DESC", "creation_time", "last_update_time ASC"],
    disordered: [["lifecycle_stage", /Invalid attribute key/]],
  },
  {
    of: "registered models",
    language: modelLanguage,
    taken: [
      "name = 'a' AND name != 'b' AND name LIKE 'a%' AND name ILIKE 'A%' AND name IN ('a') AND name NOT IN ('b')",
      "tags.x = 'y' AND tag.x != 'z' AND tags.`a b` LIKE '%' AND tags.x ILIKE '%'",
      "tag.`mlflow.prompt.is_prompt` != 'true'",
    ],
    refused: [
      ["tags.x IS NULL", /Invalid comparator 'IS NULL'/],
      ["tags.x IN ('y')", /Invalid comparator 'IN'/],
      ["name = 5", /Expected a quoted string value/],
      ["timestamp > 5", /can be ordered by, but not searched for/],
      ["description = 'x'", /Invalid attribute key/],
      ["metrics.x > 5", /Invalid entity type/],
    ],
    ordered: ["name", "timestamp DESC", "last_updated_timestamp ASC"],
    disordered: [["creation_timestamp", /Invalid attribute key/]],
  },
  {
    of: "model versions",
    language: versionLanguage,
    taken: [
      "name = 'm' AND name IN ('m', 'n') AND name ILIKE 'M%'",
      "run_id = 'a' AND run_id IN ('a') AND run_id NOT IN ('b') AND run_id LIKE 'a%'",
      "version_number >= 2 AND version_number != 5 AND version_number < 9",
      "source_path LIKE 'mlflow-artifacts:%'",
      "tags.x = 'y' AND tag.`a b` != 'z'",
    ],
    refused: [
      ["version_number = '2'", /Expected numeric/],
      ["version_number = 2.5", /Expected a whole number/],
      ["version_number LIKE '2'", /Invalid comparator 'LIKE'/],
      ["source_path IN ('a')", /Invalid comparator 'IN'/],
      ["tags.x IS NOT NULL", /Invalid comparator 'IS NOT NULL'/],
      ["creation_timestamp > 5", /can be ordered by, but not searched for/],
      ["version = 2", /Invalid attribute key/],
    ],
    ordered: ["name", "version_number DESC", "creation_timestamp", "last_updated_timestamp"],
    disordered: [
      ["run_id", /can be searched for, but not ordered by/],
      ["source_path", /can be searched for, but not ordered by/],
    ],
  },
  {
    of: "logged models",
    language: loggedModelLanguage,
    taken: [
      "name = 'x' AND metrics.auc > 0.5 AND status = 'READY'",
      "attributes.name ILIKE 'X%' AND model_id IN ('m-1') AND model_type != 'y' AND source_run_id NOT IN ('a')",
      "params.a IN ('1') AND tags.b NOT IN ('2') AND params.`a b` LIKE '%'",
      "creation_timestamp > 5 AND creation_time < 9 AND last_updated_timestamp >= 1.5",
      "experiment_id = '5'",
    ],
    refused: [
      ["metric.auc > 0.5", /Invalid entity type 'metric'/],
      ["metrics.auc LIKE 'x'", /Invalid comparator 'LIKE'/],
      ["params.a > '1'", /Invalid comparator '>'/],
      ["params.a IS NULL", /Invalid comparator 'IS NULL'/],
      ["creation_timestamp > 'x'", /Expected numeric/],
      ["run_id = 'a'", /Invalid attribute key/],
      ["datasets.name = 'a'", /Invalid entity type/],
    ],
    ordered: ["metrics.auc", "creation_timestamp", "name"],
    disordered: [["nothing", /Invalid attribute key/]],
  },
] satisfies readonly {
  of: string;
  language: Language<"attribute" | "tag"> | typeof loggedModelLanguage;
  taken: string[];
  refused: [string, RegExp][];
  ordered: string[];
  disordered: [string, RegExp][];
}[])("a search of $of", ({ language, taken, refused, ordered, disordered }) => {
  test.each(taken)("%s", (filter) => {
    expect(conditionsOf<string>(language, filter).length).toBe(filter.split(" AND ").length);
  });
  test.each(refused)("%s is refused", (filter, message) => {
    expect(() => parseFilter<string>(language, filter)).toThrow(message);
  });
  test.each(ordered)("by %s", (order) => {
    expect(parseOrders<string>(language, [order])).toHaveLength(1);
  });
  test.each(disordered)("by %s is refused", (order, message) => {
    expect(() => parseOrders<string>(language, [order])).toThrow(message);
  });
});

test("random texts are parsed or refused with a place within them, and never anything else", () => {
  const parts = [
    ..."()`'\",.=!<>%_\\\0 \n",
    "metrics.a",
    "params.",
    "NOT",
    "AND",
    "OR",
    "IN",
    "IS",
    "NULL",
    "LIKE",
    "5",
    "-",
    "'x'",
    "ü",
    "😀",
    "\ud800",
  ];
  let seed = 7;
  const next = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * below);
  };
  for (let round = 0; round < 5000; round += 1) {
    const text = Array.from({ length: next(12) }, () => parts[next(parts.length)]).join(next(2) ? " " : "");
    try {
      parseFilter(runLanguage, text);
    } catch (error) {
      expect(error).toMatchObject({ name: "SearchMistake" });
      expect((error as SearchMistake).position).toBeLessThanOrEqual(text.length);
    }
  }
});
