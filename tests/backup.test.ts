import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Backup, BackupCheck, Run } from "@pave/contract";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase } from "../packages/server/src/db/test-database.ts";
import { findRunningPostgres } from "../packages/server/src/drivers/postgres/index.ts";
import { eventually } from "./support/eventually.ts";
import { createFixtureProject } from "./support/fixture-project.ts";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { processesOf } from "./support/processes.ts";
import { type TinyProject, tinyProject } from "./support/tiny-project.ts";

const project = "flights";
const row = { origin: "ORD", hour: 17, distance: 733, wind: 25.5 };

describe("a platform that is backed up while it works", { timeout: 300_000 }, () => {
  let platform: TestPlatform;
  let tiny: TinyProject;
  let target: string;
  let answers: unknown;
  const others: TestPlatform[] = [];

  beforeAll(async () => {
    target = await mkdtemp(join(tmpdir(), "pave-backups-"));
    platform = await startPlatform({ environment: { PAVE_BACKUP_FOLDER: join(target, "server") } });
    tiny = await tinyProject(platform, project);
    expect(await tiny.json<Run>(["run"])).toMatchObject({ state: "succeeded" });
    expect(await tiny.json(["deploy", "--to", "staging"])).toMatchObject({ state: "applied" });
    answers = await ask(platform);
    await fill(platform, 400_000);
  }, 300_000);
  afterAll(async () => {
    for (const other of others) await other.remove();
    await platform?.remove();
    await rm(target, { recursive: true, force: true });
  });

  const restored = async (restore: (home: string) => Promise<unknown>): Promise<TestPlatform> => {
    const other = await startPlatform({ prepare: restore });
    others.push(other);
    return other;
  };

  it("serves the same predictions from an empty folder, and its ledger verifies", async () => {
    await createFixtureProject(platform, "ticks");
    const ticks = join(platform.folder, "ticks");
    const open = await platform.json<Run>(["run", "--no-wait"], { folder: ticks });
    let [asked, working] = [0, true];
    const load = (async () => {
      for (; working; asked += 1) expect(await ask(platform)).toEqual(answers);
    })();
    const backup = await platform.json<Backup>(["backup"]);
    working = false;
    await load;
    expect(backup).toMatchObject({ state: "succeeded", summary: { warnings: [], encrypted: "no" } });
    expect(asked).toBeGreaterThan(0);

    const other = await restored((home) => restoreTo(home, ["restore", join(target, "server"), backup.id]));
    expect(await askWhenLoaded(other)).toEqual(answers);
    // what was under way is settled by the ordinary rules: the step is done again, or the run has ended
    await eventually(
      "the run that was open",
      () => other.client.getRun({ params: { project: "ticks", run: open.number } }),
      ({ state }) => ["succeeded", "failed", "cancelled"].includes(state),
      120_000,
    );
    await eventually(
      "everything sealed",
      () => other.client.ledgerStatus(),
      ({ events, sealed }) => events === sealed,
    );
    const path = join(other.folder, "ledger.jsonl");
    await other.json(["ledger", "export", path]);
    expect(await other.pave(["ledger", "verify", path])).toMatchObject({ code: 0, data: { ok: true } });
    expect(await readFile(path, "utf8")).toContain("platform.restored");
    // tokens of the first platform are good on the second
    const was = await fetch(`${other.url}/api/v1/session`, { headers: { authorization: `Bearer ${platform.token}` } });
    expect(was.status).toBe(200);
    // and it makes new runs
    const run = await other.json<Run>(["run"], { folder: tiny.folder });
    expect(run).toMatchObject({ state: "succeeded" });
  });

  const restoreTo = async (home: string, args: readonly string[]) => {
    const result = await platform.pave([...args, "--to", home]);
    expect(result, JSON.stringify(result.data)).toMatchObject({ code: 0 });
  };

  it("is proved by a drill, which loads the model that is live", async () => {
    const check = await platform.json<BackupCheck>(["backups", "drill"]);
    expect(check, JSON.stringify(check.error)).toMatchObject({ state: "passed" });
    expect(check.findings.join("\n")).toMatch(
      /flights version 1, which is live, was loaded: 20 recorded predictions came out the same/,
    );
    const { items } = await platform.client.listEvents({ query: { type: "backup." } });
    expect(items.map(({ type }) => type)).toContain("backup.drill-passed");
  });

  it("has nothing of a backup whose process was killed, and the next one goes on", async () => {
    await eventually(
      "nothing runs",
      () => platform.client.getRun({ params: { project: "ticks", run: 1 } }),
      ({ state }) => state === "succeeded",
    );
    await platform.json<Backup>(["backup"]);
    const before = await readdir(join(target, "server"));
    const asked = await platform.json<Backup>(["backup", "--no-wait"]);
    const job = await eventually(
      "a process that makes it",
      async () => (await processesOf(platform)).find(({ command }) => command.includes("backup-job")),
      (found) => found !== undefined,
    );
    if (job) process.kill(job.pid, "SIGKILL");
    const failed = await eventually(
      "its end",
      () => platform.client.getBackup({ params: { backup: asked.id } }),
      ({ state }) => state === "failed" || state === "succeeded",
    );
    expect(failed).toMatchObject({ state: "failed", error: { fix: expect.stringContaining("again") } });
    expect((await readdir(join(target, "server"))).filter((name) => !name.endsWith(".partial"))).toEqual(before);
    const { items } = await platform.client.listEvents({ query: { type: "backup.failed" } });
    expect(items[0]).toMatchObject({ subjectId: asked.id, result: "failed" });
    expect(await platform.json<Backup>(["backup"])).toMatchObject({ state: "succeeded", summary: { newBlobs: 0 } });
    expect((await readdir(join(target, "server"))).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  it("is restored by the same command after a kill in the middle, and does not start before", async () => {
    const other = await restored(async (home) => {
      const isBegun = async () => (await readdir(home)).includes("restore.json");
      for (const afterMs of [0, 1500]) {
        const terminal = platform.terminal(["restore", join(target, "server"), "--to", home, "--quiet"]);
        await eventually("a restore that is under way", isBegun, (begun) => begun, 60_000);
        await setTimeout(afterMs);
        for (const { pid, command } of await processesOf(platform))
          if (command.includes("backup-job")) process.kill(pid, "SIGKILL");
        await terminal.interrupt();
      }
      if (await isBegun()) {
        const started = await platform.pave(["up", "--detach"], { environment: { PAVE_HOME: home } });
        expect(started).toMatchObject({
          code: 1,
          data: { error: { message: expect.stringContaining("did not end") } },
        });
      }
      await restoreTo(home, ["restore", join(target, "server")]);
    });
    expect(await askWhenLoaded(other)).toEqual(answers);
  });

  it("refuses a data folder that holds a platform, or one that runs", async () => {
    expect(await platform.pave(["restore", join(target, "server")])).toMatchObject({
      code: 1,
      data: { error: { message: expect.stringContaining("already uses this data folder") } },
    });
  });

  it("goes into an empty outside database as well", async () => {
    const outside = await createTestDatabase({ migrated: false });
    const environment = { PAVE_DATABASE_URL: outside.url };
    const restore = ["restore", join(target, "server"), "--to", join(target, "outside")];
    expect(await platform.pave(restore, { environment })).toMatchObject({ code: 0 });
    // with a connection that ends: one of Pave's that stays is a platform that runs
    const client = new pg.Client({ connectionString: outside.url });
    await client.connect();
    const { rows } = await client.query("select name from projects order by name");
    await client.end();
    expect(rows).toEqual([{ name: project }, { name: "ticks" }]);
    expect(await platform.pave(restore, { environment })).toMatchObject({
      code: 1,
      data: { error: { message: expect.stringContaining("2 projects"), fix: expect.stringContaining("--replace") } },
    });
    await outside.drop();
  });

  it("comes off the machine as a tar that restores", async () => {
    const file = join(platform.folder, "pave.tar");
    await platform.json(["backups", "download", file]);
    const folder = await mkdtemp(join(target, "unpacked-"));
    const { execFile } = await import("node:child_process");
    const { promisify } = await import("node:util");
    await promisify(execFile)("tar", ["-xf", file, "-C", folder]);
    expect(await platform.pave(["backups", "verify", "--from", folder])).toMatchObject({ code: 0 });
    expect(await platform.pave(["restore", file, "--to", join(target, "x")])).toMatchObject({
      code: 1,
      data: { error: { message: expect.stringContaining("unpacked first") } },
    });
  });
});

const tryIt = (platform: TestPlatform) =>
  platform.client.tryDeployment({
    params: { project, environment: "staging", deployment: project },
    body: { input: row },
  });

/** A gateway that starts anew fetches its models first. */
const askWhenLoaded = async (platform: TestPlatform): Promise<unknown> => {
  await eventually(
    "the model is loaded",
    () => tryIt(platform),
    ({ status }) => status === 200,
    60_000,
  );
  return ask(platform);
};

const ask = async (platform: TestPlatform): Promise<unknown> => {
  const answer = await tryIt(platform);
  expect(answer.status).toBe(200);
  const { predictions } = answer.body as { predictions: unknown };
  return predictions;
};

/** Enough rows that a backup and a restore take a moment. */
async function fill(platform: TestPlatform, rows: number): Promise<void> {
  const client = new pg.Client({ ...(await findRunningPostgres(platform.home)) });
  await client.connect();
  await client.query(
    `insert into metric_points (run_id, key, step, time, value)
     select (select run_id from tracked_runs limit 1), 'filled', n, now(), random() from generate_series(1, $1::integer) n`,
    [rows],
  );
  await client.end();
}
