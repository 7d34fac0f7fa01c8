import { describe, expect, test } from "vitest";
import { parseFilter, parseOrders } from "./language.ts";
import { experimentLanguage, loggedModelLanguage, modelLanguage, runLanguage, versionLanguage } from "./languages.ts";

const condition = (on: string, key: string, comparator: string, value: unknown) => ({ on, key, comparator, value });

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
    ["end_time = 0", [condition("attribute", "end_time", "=", 0)]],
    ["run_id IN ('a', 'b')", [condition("attribute", "run_id", "IN", ["a", "b"])]],
    ["attributes.run_id NOT IN ('a')", [condition("attribute", "run_id", "NOT IN", ["a"])]],
    ["datasets.name = 'iris'", [condition("dataset", "name", "=", "iris")]],
    ["dataset.digest IN ('a','b')", [condition("dataset", "digest", "IN", ["a", "b"])]],
    ["datasets.context LIKE 'tr%'", [condition("dataset", "context", "LIKE", "tr%")]],
    ["params.quote = 'it''s'", [condition("param", "quote", "=", "it's")]],
    ["params.or = 'a OR b AND c'", [condition("param", "or", "=", "a OR b AND c")]],
  ])("%s", (filter, conditions) => {
    expect(parseFilter(runLanguage, filter)).toEqual(conditions);
  });

  test.each([
    ["metrics.a > 1 OR metrics.b > 1", /expected AND/],
    ["(metrics.a > 1)", /expected the name/],
    ["NOT metrics.a > 1", /expected a comparator/],
    ["metrics.a > 1 AND", /expected the name/],
    ["metrics.a > 1 metrics.b > 1", /expected AND/],
    ["metrics.a", /expected a comparator/],
    ["metrics.a >", /expected a number or a quoted string/],
    ["metrics.a > 'x'", /Expected numeric value/],
    ["metrics.a LIKE 'x'", /Invalid comparator 'LIKE' for metric/],
    ["metrics.a IS NULL", /Invalid comparator 'IS NULL'/],
    ["params.a = 1", /Expected a quoted string value/],
    ["params.a > '1'", /Invalid comparator '>'/],
    ["params.a = b", /expected a number or a quoted string/],
    ["params.a IN ('b')", /Invalid comparator 'IN'/],
    ["status IN ('FINISHED')", /Invalid comparator 'IN'/],
    ["start_time > '5'", /Expected numeric value/],
    ["start_time LIKE '5'", /Invalid comparator/],
    ["run_id IN ()", /expected strings in single quotes/],
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
    ["params.a = 'open", /Invalid character "'"/],
    ["params.a = 'b'; drop table runs", /Invalid character ";"/],
    ["params.a == 'b'", /expected a number or a quoted string/],
    ["x".repeat(20_001), /more than 20000 characters/],
    [Array(101).fill("metrics.a > 1").join(" AND "), /at most 100 clauses/],
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

test("experiments, models, versions and logged models have languages of their own", () => {
  expect(parseFilter(experimentLanguage, "name LIKE 'a%' AND tags.x = 'y' AND creation_time > 5")).toHaveLength(3);
  expect(() => parseFilter(experimentLanguage, "metrics.a > 1")).toThrow(/Invalid entity type/);
  expect(() => parseFilter(experimentLanguage, "experiment_id = 5")).toThrow(/ordered by, but not searched for/);
  expect(parseOrders(experimentLanguage, ["experiment_id DESC"])).toHaveLength(1);
  expect(parseFilter(modelLanguage, "name ILIKE '%x%' AND tag.`mlflow.prompt.is_prompt` != 'true'")).toEqual([
    condition("attribute", "name", "ILIKE", "%x%"),
    condition("tag", "mlflow.prompt.is_prompt", "!=", "true"),
  ]);
  expect(parseOrders(modelLanguage, ["timestamp DESC"])).toEqual([
    { on: "attribute", key: "last_updated_timestamp", descending: true },
  ]);
  expect(parseFilter(versionLanguage, "name = 'm' AND run_id IN ('a') AND version_number >= 2")).toHaveLength(3);
  expect(() => parseFilter(versionLanguage, "version_number = '2'")).toThrow(/Expected numeric/);
  expect(parseFilter(loggedModelLanguage, "name = 'x' AND metrics.auc > 0.5 AND status = 'READY'")).toHaveLength(3);
});
