import { mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LogPart, logPartSchema } from "@pave/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silentLogger } from "../../kernel/logger.ts";
import { RequestLogSpool } from "./request-log-spool.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pave-request-log-"));
});
afterEach(() => rm(folder, { recursive: true }));

const release = (kept: number) => ({
  deploymentId: "d",
  releaseId: "r",
  modelVersion: "1",
  answers: { kind: "number" as const },
  seen: kept + 1,
  kept,
});
const logged = (rows: number, text = "row") => ({
  releases: [release(rows)],
  rows,
  lines: `${JSON.stringify(text)}\n`.repeat(rows),
});
const open = async (limits?: ConstructorParameters<typeof RequestLogSpool>[2]) => {
  const spool = new RequestLogSpool(folder, silentLogger, limits);
  await spool.load();
  return spool;
};
const headsOf = (parts: Buffer | undefined): LogPart[] =>
  (parts?.toString() ?? "")
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => logPartSchema.parse(JSON.parse(line)));

test("what workers sent waits on disk until it is acknowledged, across a restart", async () => {
  const first = await open();
  first.add(logged(2));
  first.add(logged(3));
  await first.close();
  await first.close();
  const spool = await open();
  const [head] = headsOf(await spool.waiting(1e6));
  expect(head).toMatchObject({ rows: 5, lost: 0, releases: [{ seen: 7, kept: 5 }] });
  await spool.acknowledge(["another", head?.part ?? ""]);
  expect(await readdir(folder)).toEqual([]);
  expect(await spool.waiting(1e6)).toBeUndefined();
});

test("parts go out in order, as many as fit, and one that is larger alone", async () => {
  const spool = await open();
  for (const rows of [1, 2, 300]) {
    spool.add(logged(rows));
    await spool.close();
  }
  expect(headsOf(await spool.waiting(600)).map(({ rows }) => rows)).toEqual([1, 2]);
  await spool.acknowledge(headsOf(await spool.waiting(600)).map(({ part }) => part));
  expect(headsOf(await spool.waiting(600)).map(({ rows }) => rows)).toEqual([300]);
});

test("the oldest go when too much waits, and the next part says how many rows that was", async () => {
  const spool = await open({ maxBytes: 3000, maxPartBytes: 1e6 });
  for (let part = 0; part < 4; part += 1) {
    spool.add(logged(10, "x".repeat(100)));
    await spool.close();
  }
  expect(headsOf(await spool.waiting(1e6))).toMatchObject([{ rows: 10 }, { rows: 10, lost: 10 }]);
  // one that is dropped says no more of those that were dropped before it
  for (const rows of [20, 1]) {
    spool.add(logged(rows, "x".repeat(100)));
    await spool.close();
  }
  const heads = headsOf(await spool.waiting(1e6));
  const [there, lost] = [
    heads.reduce((sum, { rows }) => sum + rows, 0),
    heads.reduce((sum, { lost }) => sum + lost, 0),
  ];
  expect(there + lost).toBe(61);
});

test("a part is closed early rather than grow beyond what is sent at once", async () => {
  const spool = await open({ maxBytes: 1e6, maxPartBytes: 100 });
  for (let count = 0; count < 3; count += 1) spool.add(logged(20));
  await spool.close();
  expect(headsOf(await spool.waiting(1e6)).map(({ rows }) => rows)).toEqual([20, 20, 20]);
});

test("half a part, and what is no part, is dropped and counted", async () => {
  const first = await open();
  first.add(logged(4));
  await first.close();
  const [name = ""] = await readdir(folder);
  await writeFile(join(folder, "leftover.tmp"), "?");
  await truncate(join(folder, name), 20);
  const spool = await open();
  expect(await spool.waiting(1e6)).toBeUndefined();
  spool.add(logged(1));
  await spool.close();
  expect(headsOf(await spool.waiting(1e6))).toMatchObject([{ rows: 1, lost: 4 }]);
  expect(await readdir(folder)).toHaveLength(1);
});
