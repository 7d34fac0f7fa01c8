import type { AttemptReason } from "@pave/contract";
import { expect, test } from "vitest";
import { decideRetry, type RetryPolicy } from "./retry-policy.ts";

const none: RetryPolicy = { max: 0, on: ["infra"] };
const twice: RetryPolicy = { max: 2, on: ["exit", "oom"] };

test.each<[string, RetryPolicy, AttemptReason[], boolean]>([
  ["a step's own failure is final by default", none, ["exit"], false],
  ["a failure that the policy names is tried again", twice, ["exit"], true],
  ["up to the maximum", twice, ["exit", "oom"], true],
  ["and no further", twice, ["exit", "oom", "exit"], false],
  ["a failure that the policy does not name is final", twice, ["timeout"], false],
  ["a killed step counts as its own failure", twice, ["killed"], true],
  ["infrastructure has its own budget", none, ["infra", "infra", "infra"], true],
  ["of three", none, ["infra", "infra", "infra", "infra"], false],
  ["infrastructure uses up none of the step's tries", twice, ["infra", "infra", "exit", "exit"], true],
  ["a step's tries use up none of infrastructure's", twice, ["exit", "exit", "infra"], true],
  ["missing output is final", twice, ["no-output"], false],
  ["a cancel is final", twice, ["cancelled"], false],
])("%s", (_, policy, earlier, retry) => {
  expect(decideRetry(policy, earlier).retry).toBe(retry);
});

test("each try waits longer than the one before", () => {
  expect(decideRetry(none, ["infra"])).toEqual({ retry: true, delayMs: 1000 });
  expect(decideRetry(none, ["infra", "infra", "infra"])).toEqual({ retry: true, delayMs: 4000 });
});
