import { expect, test } from "vitest";
import { eventHref, eventWords, type ShownEvent } from "./event-text.ts";
import { foldEvents } from "./fold-events.ts";

const of = (type: string, data: unknown, more: Partial<ShownEvent> = {}): ShownEvent => ({
  type,
  result: "ok",
  subjectId: "flight-delays",
  data,
  ...more,
});
const plan = { number: 4, environment: "production" };
const late = { environment: "production", deployment: "late", version: "2" };

test.each<[ShownEvent, string]>([
  [of("plan.created", plan), "created plan 4 in production"],
  [of("plan.approved", plan), "approved plan 4 in production"],
  [of("plan.failed", plan, { result: "failed" }), "could not apply plan 4 in production"],
  [of("plan.stale", plan), "found plan 4 in production stale"],
  [of("run.requested", { number: 5, pipeline: "train" }), "started run 5 of train"],
  [of("run.requested", { number: 6, kind: "evaluation" }), "started evaluation run 6"],
  [of("run.finished", { number: 5, pipeline: "train" }), "completed run 5 of train"],
  [of("run.finished", { number: 5, pipeline: "train" }, { result: "failed" }), "saw run 5 of train fail"],
  [of("run.finished", { number: 5, pipeline: "train" }, { result: "cancelled" }), "saw run 5 of train cancelled"],
  [of("project.created", { name: "churn" }), "created the project churn"],
  [of("revision.pushed", { number: 2 }), "pushed revision 2"],
  [of("model.registered", { model: "churn", version: "3" }), "registered churn version 3"],
  [of("model.alias-set", { alias: "production", version: 1 }), "set @production of flight-delays to version 1"],
  [of("release.activated", late), "released version 2 to production / late"],
  [of("rollout.stepped", { ...late, weight: 5 }), "gave 5 % of production / late to version 2"],
  [of("rollout.paused", late), "paused the rollout of version 2 to production / late"],
  [of("rollout.aborted", late, { result: "failed" }), "aborted the rollout of version 2 to production / late"],
  [
    of(
      "rollout.aborted",
      { ...late, by: "rollout", because: "errorRate > 0.01: errorRate = 0.52" },
      { result: "failed" },
    ),
    "rolled back version 2 in production / late by itself: errorRate > 0.01: errorRate = 0.52",
  ],
  [
    of("rollout.aborted", { ...late, by: "plan", because: "the plan was undone" }, { result: "failed" }),
    "rolled back version 2 in production / late by itself: the plan was undone",
  ],
  [
    of("rollout.aborted", { ...late, by: "person", because: "odd" }, { result: "failed" }),
    "aborted the rollout of version 2 to production / late saying “odd”",
  ],
  [
    of("rollout.paused", { ...late, by: "inconclusive", because: "1 of 50 requests" }),
    "paused the rollout of version 2 to production / late for want of a verdict: 1 of 50 requests",
  ],
  [
    of("rollout.resumed", { ...late, because: "traffic is back" }),
    "resumed the rollout of version 2 to production / late saying “traffic is back”",
  ],
  [
    of("alert.opened", { number: 2, title: "staging/late: hour differs" }),
    "opened alert 2 (staging/late: hour differs)",
  ],
  [of("rollback.requested", late), "asked to roll production / late back to version 2"],
  [of("deployment.rolled-back", late), "rolled production / late back to version 2"],
  [of("environment.changed", {}, { subjectId: "staging" }), "changed the environment staging"],
  [of("member.set", { role: "reviewer" }, { subjectName: "grace" }), "made grace reviewer"],
  [of("incident.opened", null), "opened incident"],
])("%j reads as %s", (event, text) => {
  const { verb, object, end } = eventWords(event);
  expect([verb, object, end].filter(Boolean).join(" ")).toBe(text);
});

test.each<[ShownEvent, string]>([
  [of("run.finished", { number: 5 }), "/projects/churn/runs/5"],
  [of("plan.created", { number: 2 }), "/projects/churn/plans/2"],
  [of("model.registered", { model: "m", version: 3 }), "/projects/churn/models/m/versions/3"],
  [of("model.alias-set", { alias: "production", version: 3 }), "/projects/churn/models/flight-delays/versions/3"],
  [of("model.registered", { model: "a/b c", version: 3 }), "/projects/churn/models/a%2Fb%20c/versions/3"],
  [of("release.activated", late), "/projects/churn/deployments/production/late"],
  [of("rollout.aborted", { ...late, rollout: 3 }), "/projects/churn/deployments/production/late/rollouts/3"],
  [of("member.set", {}), "/projects/churn"],
])("%j leads to %s", (event, href) => {
  expect(eventHref(event, "churn")).toBe(href);
});

test.each<[ShownEvent, string | null]>([
  [of("plan.created", { number: 2 }), "/plans/2"],
  [of("environment.changed", { name: "staging", plan: 3 }), "/plans/3"],
  [of("environment.changed", { name: "staging" }), null],
  [of("token.created", {}), null],
])("%j of no project leads to %s", (event, href) => {
  expect(eventHref(event, null)).toBe(href);
});

test("what one person did to one thing is one line, and the end of a run is said of who started it", () => {
  const at = (minute: number, principalId: string, event: ShownEvent) => ({
    ...event,
    principalId,
    time: new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString(),
  });
  const events = [
    at(9, "pave", of("plan.stale", { ...plan, number: 3 }, { subjectId: "plan-3" })),
    at(8, "root", of("plan.applied", plan, { subjectId: "plan-4" })),
    at(8, "root", of("model.alias-set", { alias: "production", version: 1 })),
    at(7, "root", of("plan.started", plan, { subjectId: "plan-4" })),
    at(6, "root", of("plan.approved", plan, { subjectId: "plan-4" })),
    at(5, "ada", of("plan.created", plan, { subjectId: "plan-4" })),
    at(4, "pave", of("run.finished", { number: 2, pipeline: "train" }, { subjectId: "run-2", result: "failed" })),
    at(1, "root", of("run.requested", { number: 2, pipeline: "train" }, { subjectId: "run-2" })),
  ];
  expect(foldEvents(events).map(({ by, text }) => `${by.principalId} ${text}`)).toEqual([
    "pave found plan 3 in production stale",
    "root approved and applied plan 4 in production",
    "root set @production of flight-delays to version 1",
    "ada created plan 4 in production",
    "root saw run 2 of train fail",
  ]);
});
