import type { RolloutSettings } from "@pave/contract";
import { describe, expect, it } from "vitest";
import {
  abortsAt,
  type CanaryMove,
  type CanaryState,
  dueAt,
  type Look,
  lookEveryMs,
  nextMove,
} from "./canary-moves.ts";

const start = new Date("2026-03-01T12:00:00Z");
const later = (milliseconds: number): Date => new Date(start.getTime() + milliseconds);
const minute = 60_000;

const settings: RolloutSettings = {
  canary: [5, 25, 100],
  every: "10m",
  minRequests: 200,
  maxWait: "1h",
  onInconclusive: "pause",
  abortWhen: [],
};
const stepping: CanaryState = { state: "stepping", step: 0, stepStartedAt: start, pausedBy: null, pausedAt: null };
const waiting: CanaryState = { ...stepping, state: "paused", pausedBy: "inconclusive", pausedAt: later(10 * minute) };
const held: CanaryState = { ...stepping, state: "paused", pausedBy: "person", pausedAt: later(minute) };

const pass: Look = { verdict: "pass", reason: "nothing is wrong" };
const fail: Look = { verdict: "fail", reason: "errors" };
const open: Look = { verdict: "inconclusive", reason: "no traffic" };

const wait: CanaryMove = { move: "wait" };
const shift: CanaryMove = { move: "shift" };
const abort = (because = "errors"): CanaryMove => ({ move: "abort", because });

describe("the next move of a canary", () => {
  it.each<[string, CanaryState, Look, number, CanaryMove, Partial<RolloutSettings>?]>([
    ["waits until the step has had its time", stepping, pass, 10 * minute - 1, wait],
    ["goes to the next step", stepping, pass, 10 * minute, { move: "step", to: 1 }],
    ["gives all of the traffic after the last step but one", { ...stepping, step: 1 }, pass, 10 * minute, shift],
    ["gives all of the traffic after the only step", stepping, pass, 10 * minute, shift, { canary: [50, 100] }],
    ["aborts as soon as a condition fires", stepping, fail, 0, abort()],
    ["aborts while it waits for a verdict", waiting, fail, 11 * minute, abort()],
    ["aborts while a person has paused it", held, fail, 2 * minute, abort()],
    ["says nothing about a lack of numbers before its time", stepping, open, 9 * minute, wait],
    ["pauses without a verdict", stepping, open, 10 * minute, { move: "pause", because: "no traffic" }],
    [
      "aborts without a verdict where that is asked for",
      stepping,
      open,
      10 * minute,
      abort("no traffic"),
      { onInconclusive: "abort" },
    ],
    ["waits for a verdict", waiting, open, 70 * minute - 1, wait],
    ["goes on once there is a verdict", waiting, pass, 30 * minute, { move: "step", to: 1 }],
    ["aborts when the wait is over", waiting, open, 70 * minute, abort("no verdict within 1h: no traffic")],
    ["stays where a person has paused it, however long", held, pass, 1e9, wait],
    ["stays where a person has paused it, without a verdict too", held, open, 1e9, wait],
  ])("%s", (_, canary, look, atMs, expected, more = {}) => {
    expect(nextMove(canary, { ...settings, ...more }, look, later(atMs))).toEqual(expected);
  });

  it("tells when the step is due, and when the wait for a verdict ends", () => {
    expect(dueAt(stepping, settings)).toEqual(later(10 * minute));
    expect(abortsAt(waiting, settings)).toEqual(later(70 * minute));
    expect(abortsAt(held, settings)).toBeNull();
    expect(abortsAt(stepping, settings)).toBeNull();
  });

  it.each([
    ["3s", 1000],
    ["1m", 3000],
    ["10m", 10_000],
    ["1d", 10_000],
  ])("looks at steps of %s every %i ms", (every, expected) => {
    expect(lookEveryMs({ ...settings, every })).toBe(expected);
  });
});
