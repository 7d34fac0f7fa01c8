import type { Plan } from "@pave/contract";
import { expect, test } from "vitest";
import { describePlan } from "./wait-for-plan.ts";

const plan = (estimate: Plan["estimate"], more: object = {}) =>
  describePlan({
    project: "flights",
    number: 3,
    state: "ready",
    environment: "staging",
    title: "Release",
    actions: [],
    verdicts: [],
    approvalRule: { roles: [], quorum: 0, selfApproval: false },
    approvals: { given: 0, needed: 0 },
    candidate: null,
    champion: null,
    estimate,
    staleBecause: [],
    message: null,
    hash: `sha256:${"a".repeat(64)}`,
    ...more,
  } as unknown as Plan);

test("a plan's estimate is shown beside what runs now, with its method below", () => {
  const text = plan({
    costPerMonthUsd: 0.182,
    gramsCo2ePerMonth: 7.4,
    now: { costPerMonthUsd: 0.09, gramsCo2ePerMonth: 3.7 },
    once: null,
    method: "No traffic yet, memory only: 57 MB of loaded models",
  });
  expect(text).toContain(
    [
      "  estimate: $0.09 → $0.18 a month, 3.7 g → 7.4 g CO₂e a month",
      "    No traffic yet, memory only: 57 MB of loaded models",
    ].join("\n"),
  );
});

test("a plan without an estimate says nothing of it", () => {
  expect(plan(null)).not.toContain("estimate");
});

test("what only warns has another sign than what stops the plan, and nothing compared is no line", () => {
  const verdict = { when: null, detail: "no test set", origin: "platform", message: null, verdict: "fail" };
  const verdicts = [
    { ...verdict, mode: "prevent", check: "one" },
    { ...verdict, mode: "warn", check: "two" },
  ];
  const side = { model: "iris", version: "1", metrics: {} };
  expect(plan(null, { verdicts, candidate: side, champion: side }).split("\n").slice(1)).toEqual([
    "  ✖ one  no test set (platform)",
    "  ! two  no test set (platform)",
    "  hash aaaaaaaaaaaa",
  ]);
});
