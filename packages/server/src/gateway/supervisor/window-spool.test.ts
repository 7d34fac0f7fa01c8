import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyLatency, observeLatency } from "@pave/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silentLogger } from "../../kernel/logger.ts";
import type { ReleaseCounters } from "../worker-messages.ts";
import { type DataFolder, openDataFolder } from "./data-folder.ts";
import { WindowSpool } from "./window-spool.ts";

let root: string;
let folder: DataFolder;
let nowMs = Date.parse("2026-01-01T00:00:00Z");
const open = async () => {
  const spool = new WindowSpool(folder, silentLogger, () => nowMs);
  await spool.load();
  return spool;
};
const counters = (releaseId: string, requests: number): ReleaseCounters => {
  const latency = emptyLatency();
  for (let index = 0; index < requests; index += 1) observeLatency(latency, 2);
  return {
    deploymentId: "d",
    releaseId,
    modelVersion: "1",
    requests,
    rows: requests * 2,
    errors4xx: 1,
    errors5xx: 0,
    latency,
  };
};

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "pave-spool-"));
  folder = await openDataFolder(root);
});
afterEach(() => rm(root, { recursive: true }));

test("counters of several workers become one window per release", async () => {
  const spool = await open();
  spool.add([counters("a", 2), counters("b", 1)]);
  spool.add([counters("a", 3)]);
  nowMs += 1000;
  await spool.close();
  const [a, b, ...more] = spool.waiting(10);
  expect(a).toMatchObject({
    releaseId: "a",
    requests: 5,
    rows: 10,
    errors4xx: 2,
    start: "2026-01-01T00:00:00.000Z",
    seconds: 1,
  });
  expect(a?.latency).toMatchObject({ sumMs: 10, maxMs: 2 });
  expect(b).toMatchObject({ releaseId: "b", requests: 1 });
  expect(more).toEqual([]);
});

test("windows survive a crash with the same id, and are gone when acknowledged", async () => {
  const before = await open();
  before.add([counters("a", 1)]);
  await before.close();
  before.add([counters("a", 7)]);
  await before.close();
  const waiting = before.waiting(10);
  expect(waiting.map(({ requests }) => requests)).toEqual([1, 7]);

  const after = await open();
  expect(after.waiting(10)).toEqual(waiting);
  expect(after.waiting(1)).toHaveLength(1);
  await after.acknowledge(waiting.slice(0, 1).map(({ windowId }) => windowId));
  expect(after.waiting(10)).toEqual(waiting.slice(1));
  expect((await open()).waiting(10)).toEqual(waiting.slice(1));
  await after.acknowledge(waiting.map(({ windowId }) => windowId));
  expect(await readdir(folder.windows)).toEqual([]);
});

test("what is no window on disk is thrown away", async () => {
  await writeFile(join(folder.windows, "half.json"), '[{"windowId":');
  await writeFile(join(folder.windows, "draft.json.123.tmp"), "[]");
  expect((await open()).waiting(10)).toEqual([]);
  expect(await readdir(folder.windows)).toEqual([]);
});

test("nothing counted, nothing written", async () => {
  const spool = await open();
  await spool.close();
  expect(await readdir(folder.windows)).toEqual([]);
});

const countsOf = (profile: string, rows: number, range: number | null) => ({
  version: 1 as const,
  ...{ profile, rows, cells: [rows, 0], sums: [rows * 2, rows], ranges: [range, range] },
});

test("counts of workers add up by profile, and come back from the disk", async () => {
  const spool = await open();
  spool.add([{ ...counters("a", 1), counts: [countsOf("p", 2, 5)] }, counters("b", 1)]);
  spool.add([{ ...counters("a", 1), counts: [countsOf("q", 1, 1), countsOf("p", 3, -1)] }]);
  spool.add([counters("a", 1)]);
  nowMs += 1000;
  await spool.close();
  for (const one of [spool, await open()]) {
    const [a, b] = one.waiting(10);
    expect(a).toMatchObject({
      requests: 3,
      counts: [{ ...countsOf("p", 5, 5), ranges: [-1, 5] }, countsOf("q", 1, 1)],
    });
    expect(b?.counts).toBeUndefined();
  }
});

test("large windows wait in parts that the api takes, and the oldest go when too many do", async () => {
  const spool = await open();
  const large = { ...countsOf("p", 1, 0), cells: new Array<number>(1_200_000).fill(1) };
  for (let index = 0; index < 30; index += 1) {
    spool.add([{ ...counters(`r${index}`, 1), counts: [large] }]);
    nowMs += 1000;
    await spool.close();
  }
  const [first, ...more] = spool.waiting(10);
  expect(more).toHaveLength(0);
  expect(first?.releaseId).toBe("r3");
  await spool.acknowledge([first?.windowId ?? ""]);
  expect(spool.waiting(10).map(({ releaseId }) => releaseId)).toEqual(["r4"]);
});
