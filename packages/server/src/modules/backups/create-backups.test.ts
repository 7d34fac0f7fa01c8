import { once } from "node:events";
import { mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Ctx } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import { parseSchedule } from "../../kernel/schedule.ts";
import { listEvents } from "../ledger/index.ts";
import { changeBackup, checksOf, insertBackup, insertCheck, listBackups } from "./backups-store.ts";
import { createBackup } from "./create-backup.ts";
import { type Backups, type BackupsOptions, createBackups } from "./create-backups.ts";
import type { RunJob } from "./job.ts";
import { verifyFiles } from "./open-backup.ts";
import { summaryOf } from "./summary.ts";
import { findBackup } from "./target.ts";
import { type FilledPlatform, fillPlatform } from "./testing/filled-platform.ts";

let platform: FilledPlatform;
let now: Date;
let ctx: Ctx;
let number = 0;
let folder: string;
beforeAll(async () => {
  platform = await fillPlatform();
});
afterAll(() => platform.remove());
beforeEach(async () => {
  now = new Date("2026-11-20T12:00:00Z");
  ctx = { ...platform.ctx, clock: { now: () => now } };
  number += 1;
  folder = platform.folder(`worker-${number}`);
  await ctx.db.deleteFrom("backup_checks").execute();
  await ctx.db.deleteFrom("backups").execute();
});

/** What the process of a job does, in this one. */
const runJob: RunJob = async (job, { onProgress, signal }) => {
  if (job.do === "create") {
    const manifest = await createBackup({
      ...{ ...job, address: platform.db.url, store: platform.store, signal },
      resourcesFolder: join(platform.dataFolder, "resources"),
      onProgress: (text, done, total) => onProgress({ text, done, total }),
    });
    return { id: manifest.id, summary: summaryOf(manifest) };
  }
  const backup = await findBackup(job.target, job.id);
  await verifyFiles(backup);
  return { id: backup.manifest.id, findings: ["all is as it was written"] };
};

const worker = (options: Partial<BackupsOptions> = {}): Backups =>
  createBackups({
    ...{ folder, address: platform.db.url, holder: `worker ${Math.random()}`, runJob },
    schedule: must(parseSchedule("off"), "off"),
    drillEvery: must(parseSchedule("off"), "off"),
    retention: { daily: 2, weekly: 0 },
    ...options,
  });
const daily = must(parseSchedule("02:30"), "a time of day");

async function round(backups: Backups): Promise<void> {
  await backups.tick(ctx);
  await backups.idle();
}

const events = async (): Promise<string[]> =>
  (await listEvents(ctx, { projectIds: "all", platform: true, type: "backup.", limit: 50 })).map(
    ({ event }) => event.type,
  );

test("one that was asked for is made, looked at and removed", async () => {
  const backups = worker();
  const asked = await insertBackup(ctx, { kind: "manual", requestedBy: "ada" });
  await round(backups);
  expect(await listBackups(ctx)).toMatchObject([
    { id: asked.id, state: "succeeded", requestedBy: "ada", progress: null, summary: { blobs: 5, encrypted: "no" } },
  ]);
  const check = await insertCheck(ctx, { backup: asked.id, kind: "verify", cause: "manual" });
  await round(backups);
  expect(await checksOf(ctx, asked.id)).toMatchObject([
    { id: check.id, state: "passed", findings: ["all is as it was written"] },
  ]);
  await changeBackup(ctx, asked.id, { state: "removing" });
  await round(backups);
  expect(await listBackups(ctx)).toEqual([]);
  expect(await readdir(folder)).toEqual(["blobs"]);
  expect((await events()).slice(0, 2)).toEqual(["backup.check-passed", "backup.finished"]);
});

test("several workers make one, not one each", async () => {
  const many = [worker({ schedule: daily }), worker({ schedule: daily }), worker({ schedule: daily })];
  await Promise.all(many.map((one) => one.tick(ctx)));
  await Promise.all(many.map((one) => one.idle()));
  await Promise.all(many.map(round));
  expect(await listBackups(ctx)).toMatchObject([{ kind: "scheduled", state: "succeeded" }]);
});

test("a schedule makes one a day and keeps the last of so many days; those made by hand stay", async () => {
  const backups = worker({ schedule: daily });
  await insertBackup(ctx, { kind: "manual", requestedBy: "ada" });
  for (const day of ["20T12:00", "21T02:00", "21T02:31", "22T02:31", "23T02:31"]) {
    now = new Date(`2026-11-${day}:00Z`);
    await round(backups);
    await round(backups);
  }
  const left = await listBackups(ctx);
  expect(left.map(({ kind, createdAt }) => [kind, createdAt.slice(8, 16)])).toEqual([
    ["scheduled", "23T02:31"],
    ["scheduled", "22T02:31"],
    ["manual", "20T12:00"],
  ]);
  expect((await readdir(folder)).filter((name) => name !== "blobs").sort()).toEqual(left.map(({ id }) => id).sort());
  expect((await backups.settings(ctx)).nextAt).toBe("2026-11-24T02:30:00.000Z");
});

test("one that fails is told, and tried again half an hour later", async () => {
  await writeFile(folder, "no folder");
  const backups = worker({ schedule: daily });
  await round(backups);
  expect(await listBackups(ctx)).toMatchObject([
    {
      state: "failed",
      error: {
        message: expect.stringContaining("cannot be written"),
        fix: expect.stringContaining("PAVE_BACKUP_FOLDER"),
      },
    },
  ]);
  expect((await events())[0]).toBe("backup.failed");
  await round(backups);
  expect(await listBackups(ctx)).toHaveLength(1);
  await rename(folder, `${folder}.away`);
  now = new Date("2026-11-20T12:31:00Z");
  await round(backups);
  expect((await listBackups(ctx))[0]).toMatchObject({ state: "succeeded" });
});

test("what a killed worker was at has failed, and its leftovers go", async () => {
  const asked = await insertBackup(ctx, { kind: "manual", requestedBy: "ada" });
  await changeBackup(ctx, asked.id, { state: "running" });
  await mkdir(join(folder, `${asked.id}.partial`), { recursive: true });
  await round(worker());
  expect(await listBackups(ctx)).toMatchObject([
    { state: "failed", error: { message: expect.stringContaining("was stopped") } },
  ]);
  expect((await readdir(folder)).filter((name) => name !== "blobs")).toEqual([]);
});

test("a worker that stops ends what it was at, which has failed", async () => {
  await insertBackup(ctx, { kind: "manual", requestedBy: "ada" });
  const waits: RunJob = async (_job, { signal }) => {
    if (!signal.aborted) await once(signal, "abort");
    throw signal.reason;
  };
  const backups = worker({ runJob: waits });
  await backups.tick(ctx);
  await backups.stop();
  expect(await listBackups(ctx)).toMatchObject([{ state: "failed" }]);
});

test("the folder counts: what is put there is listed, what is taken away is not, and a damaged one is passed over", async () => {
  const backups = worker();
  const asked = await insertBackup(ctx, { kind: "manual", requestedBy: "ada" });
  await round(backups);
  await rename(join(folder, asked.id), join(folder, "aside"));
  await round(backups);
  expect(await listBackups(ctx)).toEqual([]);
  await ctx.db.deleteFrom("backups").execute();
  await rename(join(folder, "aside"), join(folder, asked.id));
  await mkdir(join(folder, "01900000-0000-7000-8000-000000000000"));
  await writeFile(join(folder, "01900000-0000-7000-8000-000000000000", "manifest.json"), "{}");
  await round(backups);
  expect(await listBackups(ctx)).toMatchObject([{ id: asked.id, kind: "found", state: "succeeded" }]);
});

test("a drill of the newest is due when none was for so long", async () => {
  const backups = worker({ schedule: daily, drillEvery: must(parseSchedule("7d"), "a week") });
  await round(backups);
  const [made] = await listBackups(ctx);
  await round(backups);
  expect(await checksOf(ctx, must(made, "the backup").id)).toMatchObject([
    { kind: "drill", cause: "scheduled", state: "passed" },
  ]);
  expect((await backups.settings(ctx)).nextDrillAt).toBe("2026-11-27T12:00:00.000Z");
});
