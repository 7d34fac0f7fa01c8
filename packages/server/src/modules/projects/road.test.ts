import { expect, test } from "vitest";
import { healthOf, nextStep } from "./next-step.ts";
import { noFacts, type ProjectFacts, type RoadInput, roadOf } from "./road.ts";

const at = new Date("2026-11-23T12:00:00Z");
const pushed: RoadInput = {
  project: "flights",
  createdAt: at,
  template: { name: "tabular", version: "1.0.0" },
  revision: { number: 1, at, isValid: true, declaresPython: true },
  python: null,
  facts: noFacts,
};
const ready = {
  ...pushed,
  python: { state: "ready" as const, interpreter: "CPython 3.11", packages: 31, error: null, at },
};
const withFacts = (facts: Partial<ProjectFacts>): RoadInput => ({ ...ready, facts: { ...noFacts, ...facts } });
const run = (state: string) => ({ number: 4, pipeline: "train", state, at });
const trained = {
  lastRun: run("succeeded"),
  lastSucceededRun: { number: 4, at },
  latestModelVersion: { model: "flights", version: "2", at },
};
const live = (environment: string, modelVersion: string | null, requestsLastHour = 0) => ({
  environment,
  name: "late",
  model: "flights",
  modelVersion,
  activatedAt: at,
  requestsLastHour,
});
const plan = (environment: string, state: string) => ({ number: 7, environment, title: "Release 2", state, at });

test.each<[string, RoadInput, string, string | null]>([
  ["created", { ...pushed, revision: null }, "current todo todo todo todo todo todo", "pave push"],
  [
    "a spec that is not valid",
    { ...pushed, revision: { number: 1, at, isValid: false, declaresPython: false } },
    "failed todo todo todo todo todo todo",
    "pave validate",
  ],
  ["pushed", pushed, "done current todo todo todo todo todo", "pave run"],
  [
    "the environment failed",
    { ...pushed, python: { state: "failed", interpreter: null, packages: 0, error: "no numpy\nat all", at } },
    "done failed todo todo todo todo todo",
    "pave sync",
  ],
  ["running", withFacts({ lastRun: run("running") }), "done done current todo todo todo todo", "pave runs logs 4"],
  ["the run failed", withFacts({ lastRun: run("failed") }), "done done failed todo todo todo todo", "pave runs show 4"],
  [
    "no model declared",
    withFacts({ ...trained, latestModelVersion: null }),
    "done done done current todo todo todo",
    "pave run",
  ],
  ["trained", withFacts(trained), "done done done done current todo todo", "pave deploy --to staging"],
  [
    "a plan waits",
    withFacts({ ...trained, deployments: [live("staging", "2")], openPlans: [plan("production", "open")] }),
    "done done done done done waiting todo",
    "pave plans approve 7",
  ],
  [
    "a plan is being applied, which nobody has to plan once more",
    withFacts({ ...trained, deployments: [live("staging", "2")], openPlans: [plan("production", "applying")] }),
    "done done done done done current todo",
    "pave plans show 7",
  ],
  [
    "a gate blocks",
    withFacts({ ...trained, openPlans: [plan("staging", "blocked")] }),
    "done done done done failed todo todo",
    "pave plans show 7",
  ],
  [
    "in staging",
    withFacts({ ...trained, deployments: [live("staging", "2")] }),
    "done done done done done current todo",
    "pave promote staging production",
  ],
  [
    "live",
    withFacts({ ...trained, deployments: [live("staging", "2"), live("production", "2")] }),
    "done done done done done done current",
    "pave predict production",
  ],
  [
    "live with traffic",
    withFacts({ ...trained, deployments: [live("staging", "2"), live("production", "2", 12)] }),
    "done done done done done done done",
    null,
  ],
  [
    "a newer version",
    withFacts({ ...trained, deployments: [live("staging", "1"), live("production", "1", 12)] }),
    "done done done done done done done",
    "pave deploy --to staging",
  ],
])("%s", (_, input, states, command) => {
  const road = roadOf(input);
  expect(road.map((stage) => stage.state).join(" ")).toBe(states);
  expect(nextStep(input, road)?.command ?? null).toBe(command);
});

test("stages say in one line what is there and where it is", () => {
  const road = roadOf(withFacts({ ...trained, deployments: [live("staging", "2"), live("production", "1", 1)] }));
  expect(road.map(({ summary, href }) => `${summary} -> ${href}`)).toEqual([
    "revision 1, from template tabular 1.0.0 -> /projects/flights",
    "CPython 3.11, 31 packages -> /projects/flights",
    "run 4 succeeded -> /projects/flights/runs/4",
    "flights version 2 -> /projects/flights/models/flights/versions/2",
    "version 2 serves at late -> /projects/flights/deployments/staging/late",
    "version 1 serves at late -> /projects/flights/deployments/production/late",
    "1 request in the last hour -> /projects/flights/deployments/production/late",
  ]);
});

test.each<[Partial<ProjectFacts>, string]>([
  [{}, "new"],
  [{ lastRun: run("failed") }, "failing"],
  [{ ...trained, lastRun: run("failed"), deployments: [live("production", "1")] }, "attention"],
  [{ ...trained, openPlans: [plan("staging", "open")] }, "attention"],
  [{ ...trained, troubles: 1 }, "attention"],
  [trained, "healthy"],
])("%j is %s", (facts, health) => {
  expect(healthOf({ ...noFacts, ...facts })).toBe(health);
});
