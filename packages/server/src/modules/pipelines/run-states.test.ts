import type { RunState, StepState } from "@pave/contract";
import { attemptStates, runStates, stepStates } from "@pave/contract";
import { describe, expect, test } from "vitest";
import {
  attemptMoves,
  isRunOver,
  isStepOver,
  lastWords,
  runMoves,
  settle,
  statesBefore,
  stepMoves,
} from "./run-states.ts";

/** `a b<a c<a,b` with states: `pending ready:…` is written `name:state<needs`. */
const stepsOf = (text: string) =>
  text.split(" ").map((word) => {
    const [head = "", needs = ""] = word.split("<");
    const [name = "", state = "pending"] = head.split(":");
    const message = state === "failed" ? "error: broke" : null;
    return { name, state: state as StepState, needs: needs === "" ? [] : needs.split(","), message };
  });
const moved = (run: RunState, steps: string, cancelRequested = false) => {
  const settlement = settle({ state: run, cancelRequested }, stepsOf(steps));
  return {
    steps: settlement.steps.map((move) => `${move.name}:${move.to}`).join(" "),
    run: settlement.run?.to ?? null,
  };
};

describe("settling a run", () => {
  test.each<[string, RunState, string, string, RunState | null]>([
    ["steps without needs are ready", "queued", "a b c<a", "a:ready b:ready", null],
    ["a run runs once a step does", "queued", "a:running b<a", "", "running"],
    ["a step waits for all it needs", "running", "a:succeeded b:running c<a,b", "", null],
    ["a step whose needs succeeded is ready", "running", "a:succeeded b:succeeded c<a,b", "c:ready", null],
    [
      "what depends on a failed step is skipped, all the way down",
      "running",
      "a:failed b<a c<b d:running",
      "b:skipped c:skipped",
      null,
    ],
    ["other branches go on", "running", "a:failed b<a c:succeeded d<c", "b:skipped d:ready", null],
    ["a run whose steps are over succeeded", "running", "a:succeeded b:succeeded", "", "succeeded"],
    ["a run of which all came from the cache succeeded", "queued", "a:succeeded", "", "succeeded"],
    [
      "a run with a failed step failed when the rest is over",
      "running",
      "a:failed b<a c:succeeded",
      "b:skipped",
      "failed",
    ],
    ["a cancelled step makes the run cancelled", "running", "a:cancelled b:failed", "", "cancelled"],
    ["a finished run stays as it is", "failed", "a:failed", "", null],
    ["a run without steps succeeded", "queued", "", "", null],
  ])("%s", (_, run, steps, expectedSteps, expectedRun) => {
    expect(moved(run, steps === "" ? "x:succeeded" : steps)).toEqual({
      steps: expectedSteps,
      run: steps === "" ? "succeeded" : expectedRun,
    });
  });

  test("a cancel ends what has not begun and waits for what runs", () => {
    expect(moved("running", "a:running b<a c:ready", true)).toEqual({ steps: "b:cancelled c:cancelled", run: null });
    expect(moved("running", "a:cancelled b:cancelled", true)).toEqual({ steps: "", run: "cancelled" });
    expect(moved("queued", "a b<a", true)).toEqual({ steps: "a:cancelled b:cancelled", run: "cancelled" });
    expect(moved("running", "a:succeeded b:succeeded", true)).toEqual({ steps: "", run: "succeeded" });
  });

  test("the messages say which step and why", () => {
    const { steps, run } = settle(
      { state: "running", cancelRequested: false },
      stepsOf("train:failed evaluate<train other:failed"),
    );
    expect(steps).toEqual([{ name: "evaluate", to: "skipped", message: "not run, because train failed" }]);
    expect(run?.message).toBe("step train failed: broke; other failed too");
  });
});

test("every state is in the tables, every move is between states, and what is over is left by a retry only", () => {
  expect(Object.keys(runMoves)).toEqual([...runStates]);
  expect(Object.keys(stepMoves)).toEqual([...stepStates]);
  expect(Object.keys(attemptMoves)).toEqual([...attemptStates]);
  for (const from of runStates)
    if (isRunOver(from)) expect(runMoves[from]).toEqual(from === "succeeded" ? [] : ["running"]);
  for (const from of stepStates)
    if (isStepOver(from)) expect(stepMoves[from]).toEqual(from === "succeeded" ? [] : ["pending"]);
  expect(statesBefore(stepMoves, "running")).toEqual(["ready"]);
});

test("settling makes only moves of the tables, whatever the states", () => {
  for (const run of runStates) {
    for (const a of stepStates) {
      for (const b of stepStates) {
        for (const cancelRequested of [false, true]) {
          const settlement = settle({ state: run, cancelRequested }, stepsOf(`a:${a} b:${b}<a`));
          for (const move of settlement.steps) expect(reachable(move.name === "a" ? a : b, move.to)).toBe(true);
          if (settlement.run) expect(runMoves[run]).toContain(settlement.run.to);
        }
      }
    }
  }
});
const reachable = (from: StepState, to: StepState): boolean =>
  stepMoves[from].includes(to) ||
  stepMoves[from].some((between) => between !== from && !isStepOver(between) && stepMoves[between].includes(to));

test.each([
  ["one line", "one line"],
  ["reading\nerror: train.py: expected a target\nbye", "train.py: expected a target"],
  ["a\nb\n\n", "b"],
])("the last words of %j are %j", (message, words) => {
  expect(lastWords(message)).toBe(words);
});
