import { expect, test } from "vitest";
import { fixtureFolder } from "../testing/fake-api.ts";
import type { FromWorker, WorkerEndpoint } from "../worker-messages.ts";
import type { LoadedRelease } from "./loaded-release.ts";
import { pickRelease, RouteTable } from "./route-table.ts";

const release = (id: string) => ({ releaseId: id }) as LoadedRelease;
const stable = release("stable");
const canary = release("canary");
const endpoint = {
  stable,
  arms: [
    { upTo: 95, release: stable, leaseUntilMs: Number.POSITIVE_INFINITY },
    { upTo: 100, release: canary, leaseUntilMs: 1000 },
  ],
};

test.each([
  [0, 0, "stable"],
  [94.99, 0, "stable"],
  [95, 0, "canary"],
  [99.99, 999, "canary"],
  [99.99, 1000, "stable"],
])("point %d at %d ms goes to %s", (point, nowMs, expected) => {
  expect(pickRelease(endpoint, point, nowMs)?.releaseId).toBe(expected);
});

test("nothing to pick from is no release", () => {
  expect(pickRelease(undefined)).toBeUndefined();
  expect(pickRelease({ arms: [], stable: undefined })).toBeUndefined();
});

const routesOf = (stableReleaseId: string | null, releases: readonly (readonly [id: string, fixture: string])[]) => ({
  configVersion: 1,
  keys: [],
  endpoints: [
    {
      deploymentId: "d",
      environment: "production",
      project: "p",
      deployment: "x",
      weights: stableReleaseId ? [{ releaseId: stableReleaseId, weight: 100 }] : [],
      stableReleaseId,
      stableModelVersion: "1",
      releases: releases.map(([releaseId, fixture]) => ({
        releaseId,
        modelName: "m",
        modelVersion: releaseId,
        folder: fixtureFolder(fixture),
        rowMs: 0.1,
      })),
      limits: { maxBodyBytes: 1, maxRows: 1, timeoutMs: 1 },
    } satisfies WorkerEndpoint,
  ],
});

test("a release gets traffic when it is loaded, and the one before keeps it until then", async () => {
  const told: FromWorker[] = [];
  const table = new RouteTable((message) => told.push(message));
  const serving = () => pickRelease(table.find("production/p/x"))?.releaseId;

  await table.apply(routesOf("a", [["a", "late-1"]]));
  expect(serving()).toBe("a");

  const applied = table.apply(routesOf("b", [["b", "late-2"]]));
  expect(serving()).toBe("a");
  await applied;
  expect(serving()).toBe("b");

  await table.apply(routesOf("c", [["c", "bad-zipmap"]]));
  expect(serving()).toBe("b");
  expect(told.at(-1)).toMatchObject({
    type: "releases",
    releases: [{ releaseId: "b" }, { releaseId: "c", error: expect.stringContaining("zipmap=False") }],
  });

  await table.apply(routesOf("b", [["b", "late-2"]]));
  expect(told.at(-1)).toEqual({ type: "releases", releases: [{ releaseId: "b", loadMs: expect.any(Number) }] });

  await table.apply(routesOf(null, []));
  expect(serving()).toBeUndefined();
});
