import type { ModelAnswers } from "@pave/contract";
import { expect, it } from "vitest";
import { fitValue, type OutcomeValue } from "./outcome-value.ts";

const late: ModelAnswers = { kind: "binary", positive: "true", negative: "false" };
const ones: ModelAnswers = { kind: "binary", positive: "1", negative: "0" };
const churn: ModelAnswers = { kind: "binary", positive: "left", negative: "stayed" };
const iris: ModelAnswers = { kind: "label", classes: ["setosa", "virginica", "yes"] };

it.each<[ModelAnswers, OutcomeValue, string | undefined]>([
  [late, true, "true"],
  [late, "False", "false"],
  [late, 1, "true"],
  [late, "no", "false"],
  [late, 0.5, undefined],
  [late, "late", undefined],
  [ones, true, "1"],
  [ones, "0", "0"],
  [churn, "left", "left"],
  [churn, true, undefined],
  [iris, "setosa", "setosa"],
  [iris, true, undefined],
  [iris, "rose", undefined],
  [{ kind: "label", classes: null }, 3, "3"],
  [{ kind: "number" }, "12.50", "12.5"],
  [{ kind: "number" }, -3, "-3"],
  [{ kind: "number" }, true, undefined],
  [{ kind: "number" }, " ", undefined],
  [{ kind: "number" }, "twelve", undefined],
  [{ kind: "other" }, "anything", "anything"],
])("%o takes %o as %o", (answers, value, expected) => {
  expect(fitValue(answers, value)).toBe(expected);
});
