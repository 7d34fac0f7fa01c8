import type { ModelVersion, VersionRelease } from "@pave/contract";
import { expect, test } from "vitest";
import { lineageGraph, lineageText } from "./lineage-graph.ts";
import { placeText, releasePlaces, releaseText } from "./release-places.ts";

const release = (place: string, number: number, more: Partial<VersionRelease> = {}): VersionRelease => {
  const [environment = "", deployment = ""] = place.split("/");
  return {
    ...{ environment, deployment, number, state: "superseded", createdAt: "2026-05-01T12:00:00.000Z" },
    ...{ activatedAt: "2026-05-01T12:00:00.000Z", endedAt: "2026-05-03T12:00:00.000Z" },
    ...more,
  };
};
const live = [{ environment: "staging", deployment: "late" }];
const releases = [
  release("production/late", 7, { state: "rolled-back", endedAt: "2026-05-09T12:00:00.000Z" }),
  release("staging/late", 5, { state: "active", endedAt: null }),
  release("production/late", 4),
  release("test/late", 2, { state: "failed", activatedAt: null, endedAt: "2026-05-02T12:00:00.000Z" }),
  release("staging/late", 1),
];

test("where it is live comes first, then each deployment that it was released to, with its newest release", () => {
  const places = releasePlaces({ live, releases });
  expect(
    places.map((place) => [place.environment, place.releases.map(({ number }) => number), placeText(place)]),
  ).toEqual([
    ["staging", [5, 1], "live now, 1 earlier release"],
    ["production", [7, 4], "rolled back 9 May 2026, 1 earlier release"],
    ["test", [2], "failed 2 May 2026"],
  ]);
  expect(releasePlaces({ live: [], releases: [] })).toEqual([]);
});

test.each<[Partial<VersionRelease>, string, string]>([
  [{}, "until 3 May 2026", "release 1: until 3 May 2026"],
  [{ state: "active", endedAt: null }, "active", "release 1: live since 1 May 2026"],
  [{ state: "pending", activatedAt: null, endedAt: null }, "pending", "release 1: pending"],
  [{ state: "rolling-out", activatedAt: null, endedAt: null }, "rolling out", "release 1: rolling out"],
])("a release that is %j is told as %s", (more, place, text) => {
  const one = release("production/late", 1, more);
  expect(releasePlaces({ live: [], releases: [one] }).map(placeText)).toEqual([place]);
  expect(releaseText(one)).toBe(text);
});

test("the graph ends where it is live and where it was, in words too", () => {
  const version = {
    ...{ name: "flights", version: "2", digest: `sha256:${"a".repeat(64)}`, live, releases },
    lineage: { ...{ run: null, trackedRun: null, loggedModel: null, revision: null }, datasets: [], components: [] },
  } as unknown as ModelVersion;
  const graph = lineageGraph(version);
  expect(graph.nodes.slice(1).map(({ title, detail, full }) => [title, detail, full])).toEqual([
    ["staging / late", "live now, 1 earlier release", "release 5: live since 1 May 2026\nrelease 1: until 3 May 2026"],
    [
      "production / late",
      "rolled back 9 May 2026, 1 earlier release",
      "release 7: rolled back 9 May 2026\nrelease 4: until 3 May 2026",
    ],
    ["test / late", "failed 2 May 2026", "release 2: failed 2 May 2026"],
  ]);
  expect(graph.edges.map(({ from, tone }) => [from, tone])).toEqual([
    ["version", "done"],
    ["version", undefined],
    ["version", undefined],
  ]);
  expect(lineageText(graph)).toContain(
    "deployment test / late (failed 2 May 2026) comes from model version flights version 2 (aaaaaaaaaaaa).",
  );
});
