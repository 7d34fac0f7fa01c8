import { describe, expect, it } from "vitest";
import { checkGate } from "./check-gate.ts";
import { evaluateGate, type GateRule } from "./evaluate-gate.ts";
import { type Evidence, mapOf, numberType, objectOf, stringType } from "./evidence.ts";

const schema = {
  metrics: mapOf(numberType),
  champion: objectOf({ version: stringType, metrics: mapOf(numberType) }),
  model: objectOf({ name: stringType, version: stringType }),
  scan: objectOf({ pickle: stringType }),
  rows: numberType,
};
const evidence: Evidence = {
  metrics: { roc_auc: 0.671, "f1-score": 0.4, zero: 0, one: 1, half: 0.5, hasOwnProperty: 3 },
  model: { name: "flights", version: "2" },
  scan: { pickle: "none" },
  rows: 1200,
};
const champion = { version: "1", metrics: { roc_auc: 0.675 } };

const rule = (check: string, when: string | null = null): GateRule => ({
  check,
  when,
  message: null,
  mode: "prevent",
  origin: "project",
});
const judge = (check: string, given: Evidence = evidence, when: string | null = null) => {
  const { verdict, detail } = evaluateGate(rule(check, when), given, schema);
  return { verdict, detail };
};

describe("a gate that type-checks", () => {
  it.each<[string, "pass" | "fail"]>([
    ["metrics.roc_auc >= 0.62", "pass"],
    ["metrics.roc_auc >= 0.7", "fail"],
    // Integers are doubles: CEL itself has no overload for double - int, and 1 / 2 is 0.
    ["metrics.one >= 1", "pass"],
    ["metrics.zero == 0", "pass"],
    ["metrics.zero == 0.0", "pass"],
    ["metrics.one - 1 == 0", "pass"],
    ["metrics.roc_auc * 100 > 67", "pass"],
    ["metrics.half == 1 / 2", "pass"],
    ["-1 < metrics.zero", "pass"],
    ["metrics.one in [1, 2]", "pass"],
    ["rows >= 1000", "pass"],
    ["rows / 1000 > 1", "pass"],
    ["size(metrics) == 6", "pass"],
    ["metrics['f1-score'] > 0.3", "pass"],
    ["metrics.hasOwnProperty == 3", "pass"],
    ["scan.pickle != 'unsafe'", "pass"],
    ["scan.pickle in ['none', 'safe']", "pass"],
    ["model.name.startsWith('fli')", "pass"],
    ["model.version == '2' && !(rows < 10)", "pass"],
    ["metrics.roc_auc > 0.7 || rows > 1000", "pass"],
    ["metrics.roc_auc > 0.7 ? false : rows > 1000", "pass"],
    ["metrics.all(name, metrics[name] >= 0)", "pass"],
    ["metrics.exists_one(name, name == 'one')", "pass"],
    ["'roc_auc' in metrics", "pass"],
    ["has(metrics.roc_auc)", "pass"],
    ["has(metrics.loss)", "fail"],
    ["has(champion)", "fail"],
    ["has(metrics.loss) && metrics.loss < 1", "fail"],
    ["!has(champion) || champion.metrics.roc_auc > 0", "pass"],
    ["true", "pass"],
    ["false", "fail"],
  ])("%s gives %s", (check, verdict) => {
    expect(checkGate(check, schema)).toEqual([]);
    expect(judge(check).verdict).toBe(verdict);
  });
});

describe("a gate that cannot be judged is an error, never a pass", () => {
  it.each<[string, string]>([
    [
      "metrics.roc_acu >= 0.6",
      "metrics.roc_acu does not exist: there are f1-score, half, hasOwnProperty, one, roc_auc, zero; did you mean roc_auc?",
    ],
    // CEL alone would forgive the unknown name beside a true.
    [
      "rows > 0 || metrics.typo > 0.5",
      "metrics.typo does not exist: there are f1-score, half, hasOwnProperty, one, roc_auc, zero",
    ],
    [
      "metrics.constructor > 0",
      "metrics.constructor does not exist: there are f1-score, half, hasOwnProperty, one, roc_auc, zero",
    ],
    [
      "metrics.roc_auc >= champion.metrics.roc_auc",
      "there is no champion here; say `when: has(champion)` if the gate is only for plans that have one",
    ],
    // Infinity > 0.5 is true.
    ["metrics.one / metrics.zero > 0.5", "division by zero"],
    ["metrics.exists(name, metrics[name] / metrics.zero > 1)", "division by zero"],
  ])("%s", (check, detail) => {
    expect(checkGate(check, schema)).toEqual([]);
    expect(judge(check)).toEqual({ verdict: "error", detail });
  });

  it("a number that is not finite is an error, whatever it is compared with", () => {
    expect(judge("metrics.roc_auc != 0.5", { ...evidence, metrics: { roc_auc: Number.NaN } })).toEqual({
      verdict: "error",
      detail: "metrics.roc_auc is NaN, expected a finite number",
    });
  });

  it("a has() for one name does not excuse another", () => {
    expect(judge("has(champion) && champion.metrics.typo > 0 || rows > 0", { ...evidence, champion }).verdict).toBe(
      "pass",
    );
    expect(judge("has(champion) && champion.metrics.typo > 0", { ...evidence, champion }).detail).toBe(
      "champion.metrics.typo does not exist: there are roc_auc",
    );
    expect(judge("has(champion) && metrics.typo > 0", { ...evidence, champion }).verdict).toBe("error");
  });
});

describe("a gate that does not type-check", () => {
  it.each<[string, RegExp, string?]>([
    ["metrics.roc_auc", /is a number, expected a condition/],
    ["'yes'", /is text, expected a condition/],
    ["metrics", /is a map of names, expected a condition/],
    [
      "metric.roc_auc > 0.5",
      /metric is unknown here, expected one of metrics, champion, model, scan, rows$/,
      "Did you mean metrics?",
    ],
    ["champoin.metrics.a > 1", /champoin is unknown/, "Did you mean champion?"],
    ["scan.pickel != 'unsafe'", /pickel is unknown here, expected one of pickle/, "Did you mean pickle?"],
    ["scan.pickle != 1", /!= compares two values of one type, found text and a number/],
    ["scan.pickle > 1", /> compares two numbers or two texts, found text and a number/],
    ["metrics.a && rows > 1", /&& joins conditions, found a number and true or false/],
    ["metrics.a + 'x' == 'x'", /\+ calculates with numbers, found a number and text/],
    ["rows % 2 == 0", /% is not available in gates/],
    ["model.name.upperAscii() == 'X'", /upperAscii\(\) is not available/],
    ["timestamp('2026-01-01T00:00:00Z') > timestamp('2025-01-01T00:00:00Z')", /timestamp\(\) is not available/],
    ["dyn(metrics.a) == 1", /dyn\(\) is not available/],
    ["metrics.a == null", /null never occurs/],
    ["metrics.a == 1u", /written with u/],
    ["metrics.map(k, metrics[k]) == [1.0]", /map\(\) and filter\(\) are not available/],
    ["metrics.all(a, metrics.all(b, metrics[a] <= metrics[b]))", /cannot be nested in gates/],
    [`${"rows > 1 && ".repeat(200)}true`, /has 2404 characters, expected at most 2000/],
    ["rows.all(k, true)", /go over a list or a map, not a number/],
    ["{'a': 1} == {'a': 1}", /records and maps cannot be written/],
    ["has(rows > 1)", /has\(\) asks for one name/],
    ["has(champoin)", /champoin is unknown/, "Did you mean champion?"],
    ["metrics.roc_auc >", /not a CEL expression/],
    ["metrics.roc_auc => 0.5", /not a CEL expression/],
    ["", /not a CEL expression/],
  ])("%s", (check, message, fix) => {
    const [problem] = checkGate(check, schema);
    expect(problem?.message).toMatch(message);
    if (fix) expect(problem?.fix).toBe(fix);
    expect(judge(check).verdict).toBe("error");
  });

  it("says where", () => {
    expect(checkGate("metrics.a > 1 && scna.pickle == 'none'", schema)[0]?.column).toBe(18);
  });
});

describe("when", () => {
  it("false is the only way to notApplicable", () => {
    expect(judge("metrics.roc_auc >= champion.metrics.roc_auc - 0.005", evidence, "has(champion)")).toEqual({
      verdict: "notApplicable",
      detail: "has(champion) is false",
    });
  });

  it("true lets the check decide, and the numbers are shown", () => {
    expect(
      judge("metrics.roc_auc >= champion.metrics.roc_auc - 0.005", { ...evidence, champion }, "has(champion)"),
    ).toEqual({
      verdict: "pass",
      detail: "metrics.roc_auc = 0.671, champion.metrics.roc_auc = 0.675",
    });
  });

  it.each(["has(chmpion)", "metrics.roc_auc", "metrics.typo > 1"])("%s as a when is an error", (when) => {
    expect(judge("true", evidence, when).verdict).toBe("error");
  });
});
