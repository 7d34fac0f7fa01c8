import { createHash } from "node:crypto";
import type { GatewayFile, GatewayRelease } from "@pave/contract";
import {
  addCountsLists,
  comparePredictions,
  comparisonProfile,
  ProfileBuilder,
  probabilityProfile,
  type ReferenceProfile,
  WindowCounts,
  type WindowCountsJson,
  windowCountsSchema,
} from "@pave/contract/drift";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { endpointOf, FakeApi, releaseOf } from "./testing/fake-api.ts";
import { TestGateway } from "./testing/run-test-gateway.ts";

vi.setConfig({ testTimeout: 120_000 });

let api: FakeApi;
let gateway: TestGateway;
beforeEach(async () => {
  api = new FakeApi();
  await api.start();
});
afterEach(async () => {
  await gateway.remove();
  await api.stop();
});

const rowOf = (index: number) => ({
  origin: ["ORD", "ATL", "new"][index % 3],
  hour: index % 24,
  distance: 100 + 37 * index,
  ...(index % 4 === 0 ? {} : { wind: index % 50 }),
});
const profile = (() => {
  const builder = new ProfileBuilder(
    [
      { name: "origin", kind: "categorical" },
      { name: "hour", kind: "numeric" },
      { name: "distance", kind: "numeric" },
      { name: "wind", kind: "numeric" },
    ],
    { prediction: "numeric" },
  );
  for (let index = 0; index < 400; index += 1) builder.add({ ...rowOf(index), origin: "ORD" }, (index % 100) / 100);
  return builder.build();
})();

/** What the api serves as the profile of a release. */
function profileFile(content: ReferenceProfile | string): GatewayFile {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const hex = createHash("sha256").update(text).digest("hex");
  api.files.set(`/files/profiles/${hex}`, text);
  return {
    path: "profile.json",
    digest: `sha256:${hex}`,
    size: Buffer.byteLength(text),
    url: `/files/profiles/${hex}?signature=good`,
  };
}
const withProfile = (release: GatewayRelease, content: ReferenceProfile | string): GatewayRelease => ({
  ...release,
  profile: profileFile(content),
});

/** All that was reported of a release against a profile. */
function countsOf(releaseId: string, { id }: ReferenceProfile): WindowCountsJson | undefined {
  return [...api.windows.values()]
    .filter((window) => window.releaseId === releaseId)
    .flatMap(({ counts = [] }) => counts.map((entry) => windowCountsSchema.parse(entry)))
    .filter((counts) => counts.profile === id)
    .reduce<WindowCountsJson | undefined>((sum, next) => (sum ? addCountsLists([sum], [next])[0] : next), undefined);
}
const rowsCounted = (releaseId: string, of: ReferenceProfile) => countsOf(releaseId, of)?.rows ?? 0;
const counted = (releaseId: string, of: ReferenceProfile, rows: number) =>
  vi.waitFor(() => expect(rowsCounted(releaseId, of)).toBe(rows), { timeout: 30_000 });

const probabilityOf = ({ predictions }: { predictions: { probability: number }[] }) =>
  predictions.map(({ probability }) => probability);

/** The profile is fetched beside the model: rows are counted from when it is there. */
async function untilCounting(): Promise<void> {
  let asked = 0;
  await vi.waitFor(
    async () => {
      asked += 1;
      await gateway.ask("/predict", { body: rowOf(0) });
      expect(rowsCounted("release-1", profile)).toBeGreaterThan(0);
    },
    { timeout: 30_000, interval: 300 },
  );
  await vi.waitFor(() => expect(api.counted(({ rows }) => rows)).toBe(asked), { timeout: 30_000 });
  // until all of them have come, one report of counts later
  await vi.waitFor(() => expect(rowsCounted("release-1", probabilityProfile)).toBe(asked), { timeout: 30_000 });
  api.windows.clear();
}

test("two workers count what was asked and answered as one would, in both protocols", async () => {
  gateway = await TestGateway.start(api, { workers: 2 });
  api.publish([endpointOf([withProfile(releaseOf("late-1", "1"), profile)])]);
  await api.reported("release-1", "ready");
  await untilCounting();

  const expected = new WindowCounts(profile);
  for (let request = 0; request < 40; request += 1) {
    const rows = [rowOf(request), rowOf(request + 100)];
    const { body } = await gateway.ask("/predict", { body: { inputs: rows }, headers: { connection: "close" } });
    for (const [index, probability] of probabilityOf(body).entries()) expected.observe(rows[index] ?? {}, probability);
  }
  for (let request = 0; request < 10; request += 1) {
    const row = { ...rowOf(request), wind: request };
    const tensor = (name: string, datatype: string, value: unknown) => ({ name, datatype, shape: [1], data: [value] });
    const inputs = [
      tensor("origin", "BYTES", row.origin),
      tensor("hour", "INT64", row.hour),
      tensor("distance", "FP32", row.distance),
      tensor("wind", "FP32", row.wind),
    ];
    const { body, status } = await gateway.ask("/v2/models/late/infer", { body: { inputs } });
    expect([status, body.error]).toEqual([200, undefined]);
    const probabilities = body.outputs.find(({ name }: { name: string }) => name === "probabilities").data;
    expected.observe(row, probabilities[1]);
  }
  await gateway.ask("/predict", { body: { ...rowOf(1), hour: "noon" } });
  await counted("release-1", profile, 90);

  const found = WindowCounts.read(profile, countsOf("release-1", profile));
  if ("problem" in found) throw new Error(found.problem);
  expect(found.counts.column("origin")).toEqual(expected.column("origin"));
  expect(found.counts.column("origin")?.unseen).toBeGreaterThan(0);
  expect(found.counts.column("distance")).toEqual(expected.column("distance"));
  expect(found.counts.column("wind")?.missing).toBe(20);
  expect(found.counts.prediction()?.bins).toEqual(expected.prediction()?.bins);
  expect(found.counts.prediction()?.numbers?.mean).toBeCloseTo(expected.prediction()?.numbers?.mean ?? 0, 5);
});

test("answers of two releases are counted in the same cells, whatever profiles they have", async () => {
  gateway = await TestGateway.start(api);
  const comparison = comparisonProfile(profile);
  const stable = withProfile(releaseOf("late-1", "1"), profile);
  const candidate = releaseOf("late-2", "2");
  api.publish([
    {
      ...endpointOf([stable, candidate], stable),
      weights: [
        { releaseId: "release-1", weight: 50 },
        { releaseId: "release-2", weight: 50 },
      ],
      comparison,
    },
  ]);
  await api.reported("release-2", "ready");
  for (let request = 0; request < 10; request += 1)
    await gateway.ask("/predict", { body: { inputs: Array.from({ length: 30 }, (_, index) => rowOf(index)) } });

  await vi.waitFor(
    () => expect(rowsCounted("release-1", comparison) + rowsCounted("release-2", comparison)).toBe(300),
    { timeout: 30_000 },
  );
  const sides = ["release-1", "release-2"].map((releaseId) => {
    const read = WindowCounts.read(comparison, countsOf(releaseId, comparison));
    if ("problem" in read) throw new Error(read.problem);
    return read.counts;
  });
  const [before, now] = sides as [WindowCounts, WindowCounts];
  expect(before.rows + now.rows).toBe(300);
  expect(comparePredictions([{ stable: before, candidate: now }], { minRows: 1 }).status).not.toBe("no-predictions");
  expect(rowsCounted("release-2", profile)).toBe(0);
});

test("a probability is counted without any profile, a number of unknown size is not", async () => {
  gateway = await TestGateway.start(api);
  api.publish([endpointOf([releaseOf("late-1", "1")])]);
  await api.reported("release-1", "ready");
  await gateway.ask("/predict", { body: rowOf(1) });
  await counted("release-1", probabilityProfile, 1);

  api.publish([endpointOf([releaseOf("price", "2")])]);
  await api.reported("release-2", "ready");
  const { body: about } = await gateway.ask("");
  const { status } = await gateway.ask("/predict", { body: about.predict.body });
  expect(status).toBe(200);
  await vi.waitFor(
    () =>
      expect([...api.windows.values()].some(({ releaseId, rows }) => releaseId === "release-2" && rows > 0)).toBe(true),
    { timeout: 30_000 },
  );
  await gateway.stop();
  expect([...api.windows.values()].filter(({ releaseId, counts }) => releaseId === "release-2" && counts)).toEqual([]);
});

test("a profile that cannot be read costs its release nothing but the counts", async () => {
  gateway = await TestGateway.start(api);
  api.publish([endpointOf([withProfile(releaseOf("late-1", "1"), '{"version": 7}')])]);
  await api.reported("release-1", "ready");
  expect((await gateway.ask("/predict", { body: rowOf(1) })).status).toBe(200);
  await counted("release-1", probabilityProfile, 1);
});
