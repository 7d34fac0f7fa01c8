import type { RunStep } from "@pave/contract";
import { expect, it } from "vitest";
import { chooseStep } from "./choose-step.ts";

const step = (name: string, state: RunStep["state"]): RunStep => ({
  id: name,
  name,
  kind: "command",
  uses: "./steps",
  state,
  needs: [],
  params: {},
  inputs: {},
  outputs: [],
  metrics: {},
  cached: null,
  cacheMiss: null,
  message: null,
  attempts: [],
  startedAt: null,
  finishedAt: state === "succeeded" ? "2026-11-23T10:00:00.000Z" : null,
});

it.each<[string, RunStep[], string | undefined, string | undefined]>([
  ["the one asked for", [step("a", "failed"), step("b", "running")], "b", "b"],
  ["a failed one first", [step("a", "running"), step("b", "failed")], undefined, "b"],
  ["then a running one", [step("a", "succeeded"), step("b", "running")], "gone", "b"],
  ["then the last that ended", [step("a", "succeeded"), step("b", "succeeded"), step("c", "pending")], undefined, "b"],
  ["the first of a run that has not begun", [step("a", "pending"), step("b", "pending")], undefined, "a"],
  ["none of no steps", [], undefined, undefined],
])("opens %s", (_, graph, asked, expected) => {
  expect(chooseStep(graph, asked)?.name).toBe(expected);
});
