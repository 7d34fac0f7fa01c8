import type { RolloutSpec } from "@pave/contract";
import { describe, expect, it } from "vitest";
import { describeSettings, settleRollout } from "./rollout-settings.ts";

const settle = (stated: RolloutSpec, own?: RolloutSpec) =>
  settleRollout("late", { name: "production", rollout: stated }, own);
const floor: RolloutSpec = {
  canary: [5, 25, 100],
  every: "10m",
  minRequests: 200,
  maxWait: "24h",
  onInconclusive: "pause",
  abortWhen: ["errorRate > 0.01"],
};

describe("the settings of a rollout", () => {
  it("are all traffic at once where nobody says anything", () => {
    expect(settle({})).toEqual({
      settings: {
        canary: [100],
        every: "10m",
        minRequests: 200,
        maxWait: "24h",
        onInconclusive: "pause",
        abortWhen: [],
      },
      verdicts: [],
    });
  });

  it("are the environment's, and the project's where the environment leaves them out", () => {
    const { settings, verdicts } = settle({ canary: [5, 100] }, { every: "3s", minRequests: 50 });
    expect(settings).toMatchObject({ canary: [5, 100], every: "3s", minRequests: 50, maxWait: "24h" });
    expect(verdicts).toEqual([]);
  });

  it.each<[string, RolloutSpec]>([
    ["smaller steps", { canary: [1, 20, 100] }],
    ["more steps", { canary: [1, 5, 25, 50, 100] }],
    ["longer steps", { every: "1h" }],
    ["the same in other words", { every: "600s", maxWait: "1d" }],
    ["more requests", { minRequests: 1000 }],
    ["a shorter wait", { maxWait: "10m" }],
    ["an abort instead of a pause", { onInconclusive: "abort" }],
  ])("may be tightened by a project: %s", (_, own) => {
    const { settings, verdicts } = settle(floor, own);
    expect(verdicts).toEqual([]);
    expect(settings).toMatchObject(own);
  });

  it.each<[string, RolloutSpec, RolloutSpec, string, string]>([
    [
      "larger first step",
      floor,
      { canary: [10, 25, 100] },
      "no step larger than in [5, 25, 100]",
      "canary is [10, 25, 100]",
    ],
    ["fewer steps", floor, { canary: [5, 100] }, "no step larger than in [5, 25, 100]", "canary is [5, 100]"],
    ["no steps", floor, { canary: [100] }, "no step larger than in [5, 25, 100]", "canary is [100]"],
    ["shorter steps", floor, { every: "9m" }, "at least 10m", "every is 9m"],
    ["fewer requests", floor, { minRequests: 199 }, "at least 200", "minRequests is 199"],
    ["longer wait", floor, { maxWait: "2d" }, "at most 24h", "maxWait is 2d"],
    [
      "pause instead of an abort",
      { ...floor, onInconclusive: "abort" },
      { onInconclusive: "pause" },
      "abort",
      "onInconclusive is pause",
    ],
  ])(
    "cannot be loosened by a project: a %s is a failing verdict with both values, and the environment's holds",
    (_, stated, own, wanted, found) => {
      const { settings, verdicts } = settle(stated, own);
      const key = Object.keys(own)[0] as keyof RolloutSpec;
      expect(verdicts).toMatchObject([
        {
          check: `rollout.${key}: ${wanted}`,
          detail: `serve.late.rollout.${found}`,
          origin: "environment production",
          verdict: "fail",
          mode: "prevent",
        },
      ]);
      expect(settings[key]).toEqual(key === "abortWhen" ? expect.anything() : stated[key]);
    },
  );

  it("unite the conditions of both, each named once with whose it is", () => {
    expect(settle(floor, { abortWhen: ["p99Ms > 50", " errorRate > 0.01 ", "p99Ms > 50"] }).settings.abortWhen).toEqual(
      [
        { check: "errorRate > 0.01", origin: "environment production" },
        { check: "p99Ms > 50", origin: "project" },
      ],
    );
  });

  it("say so where a condition would never be looked at", () => {
    expect(settle({}, { abortWhen: ["errorRate > 0.01"] }).verdicts).toMatchObject([
      { verdict: "fail", detail: "all traffic moves at once, and nobody would look at `errorRate > 0.01`" },
    ]);
  });

  it("are said in a line", () => {
    expect(describeSettings(settle(floor).settings)).toBe("5 % → 25 % → all, each step at least 10m and 200 requests");
  });
});
