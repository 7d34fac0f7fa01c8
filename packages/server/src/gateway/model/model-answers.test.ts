import type { ModelAnswers } from "@pave/contract";
import { expect, test } from "vitest";
import { outputPlan } from "../testing/output-plan.ts";
import { type AnswerFacts, answerShape } from "./answer-shape.ts";
import { modelAnswers, scoreOf } from "./model-answers.ts";
import type { OutputPlan } from "./tensor-plan.ts";

const label = outputPlan("label", "int64");
const probabilities = outputPlan("probabilities", "float32", 2);
const value = outputPlan("value", "float32", 1);
const nothing: AnswerFacts = { onnxFile: "model.onnx", task: undefined, classes: undefined, positive: undefined };
const of = (outputs: readonly OutputPlan[], facts: Partial<AnswerFacts> = {}): ModelAnswers =>
  modelAnswers(answerShape({ ...nothing, ...facts }, outputs));

test("what the answers of a model are", () => {
  expect(of([label, probabilities], { classes: [false, true], positive: true })).toEqual({
    kind: "binary",
    positive: "true",
    negative: "false",
  });
  expect(of([label, probabilities], { classes: [0, 1] })).toMatchObject({ kind: "binary", positive: "1" });
  expect(of([label, probabilities], { classes: [1, 0] })).toEqual({ kind: "binary", positive: "1", negative: "0" });
  expect(of([label, probabilities], { classes: ["stayed", "left"], positive: "left" })).toMatchObject({
    negative: "stayed",
  });
  expect(of([label, probabilities], { classes: ["stayed", "left"] })).toEqual({
    kind: "label",
    classes: ["stayed", "left"],
  });
  expect(of([label], { classes: [false, true], positive: true })).toMatchObject({ kind: "label" });
  expect(of([label, probabilities])).toEqual({ kind: "label", classes: null });
  expect(of([value])).toEqual({ kind: "number" });
  expect(of([label], { task: "regression" })).toEqual({ kind: "other" });
  expect(of([value, value])).toEqual({ kind: "other" });
});

test("what is kept of an answer", () => {
  const binary = of([label, probabilities], { classes: [false, true], positive: true });
  const probable = { label: false, probability: 0.7, probabilities: { false: 0.7, true: 0.3 } };
  expect(scoreOf(binary, probable)).toEqual({ score: 0.3, label: "false" });
  expect(scoreOf({ kind: "label", classes: null }, { label: 3 })).toEqual({ score: null, label: "3" });
  expect(scoreOf({ kind: "number" }, { value: 1.5 })).toEqual({ score: 1.5, label: null });
  expect(scoreOf({ kind: "other" }, { outputs: {} })).toEqual({ score: null, label: null });
});
