import type { RolloutDetail } from "@pave/contract";
import { expect, test } from "vitest";
import { describeRollout } from "./describe-rollout.ts";

const rollout = (more: Partial<RolloutDetail>): string =>
  describeRollout({
    number: 3,
    state: "paused",
    release: 2,
    modelVersion: "1",
    message: "no request has reached release 2 at 20 %",
    pausedBy: "inconclusive",
    abortsAt: "2026-03-01T12:00:00.000Z",
    steps: [
      {
        weight: 20,
        state: "current",
        analysis: { verdict: "inconclusive", reason: "14 of 20 requests to release 2 at 20 %", conditions: [] },
      },
      { weight: 100, state: "todo", analysis: null },
    ],
    ...more,
  } as unknown as RolloutDetail);

test("a canary that waits for a verdict says until when, and what is missing as of now", () => {
  expect(rollout({})).toBe(
    [
      "rollout 3  paused  release 2, version 1: no verdict yet; aborts at 2026-03-01T12:00:00.000Z without one",
      "   20 %  current  ? 14 of 20 requests to release 2 at 20 %",
      "  100 %  todo",
    ].join("\n"),
  );
});

test("one that a person has paused says why", () => {
  const text = rollout({ pausedBy: "person", message: "lunch", abortsAt: null });
  expect(text.split("\n")[0]).toBe("rollout 3  paused  release 2, version 1: lunch");
});
