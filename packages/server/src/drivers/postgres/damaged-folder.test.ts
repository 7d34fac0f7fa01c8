import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../../kernel/logger.ts";
import { sleep } from "../../kernel/time.ts";
import { isRoot } from "../process/process-life.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { newFolder, useTestServers } from "./fixtures/test-servers.ts";
import { stopLeftoverPostgres } from "./stop-leftover.ts";

const run = promisify(execFile);
const test = useTestServers();

describe("a data folder in a bad state", () => {
  it("with a pid file of a process that is gone starts", async () => {
    test.folder = await test.copyOfPristine();
    const { pid } = await endedProcess();
    await writePidFile(test.folder, pid);
    test.running = await test.start();
    expect(await test.value("select 1")).toBe(1);
  });

  it("with a pid file whose pid belongs to somebody else by now starts", async () => {
    test.folder = await test.copyOfPristine();
    await writePidFile(test.folder, process.pid);
    await leaveSocketLock(test.folder, process.pid);
    test.running = await test.start();
    expect(await test.value("select 1")).toBe(1);
  });

  it("with the draft of an initialisation that was killed starts and removes the draft", async () => {
    test.folder = await newFolder();
    const { pid } = await endedProcess();
    await mkdir(join(test.folder, `postgres.new-${pid}-abc123`, "data"), { recursive: true });
    test.running = await test.start();
    expect(await readdir(test.folder)).toEqual(["postgres"]);
  });

  it("whose initialisation is being killed starts all the same", async () => {
    test.folder = await newFolder();
    const holder = test.spawnHolder();
    await expect
      .poll(async () => (await readdir(test.folder)).some((name) => name.includes(".new-")), { interval: 5 })
      .toBe(true);
    await sleep(150);
    holder.kill("SIGKILL");
    await once(holder, "exit");
    test.running = await test.start();
    expect(await test.value("select 1")).toBe(1);
    expect(await readdir(test.folder)).toEqual(["postgres"]);
  });

  it("that is half made is set aside, not deleted", async () => {
    test.folder = await test.copyOfPristine();
    await rm(join(test.folder, "postgres/data/global/pg_control"));
    test.running = await test.start();
    const [made, aside = ""] = (await readdir(test.folder)).sort();
    expect(made).toBe("postgres");
    expect(aside).toMatch(/^postgres\.incomplete-/);
    expect(await readdir(join(test.folder, aside, "data"))).toContain("PG_VERSION");
  });

  it("without its password file gets a new password", async () => {
    test.folder = await test.copyOfPristine();
    await rm(join(test.folder, "postgres/password"));
    test.running = await test.start();
    expect(await test.value("select 1")).toBe(1);
  });

  it.each([
    {
      found: "19",
      code: "database.newer",
      message: /expected a database of PostgreSQL 18, found one of PostgreSQL 19/,
    },
    { found: "17", code: "database.start_failed", message: /found one of PostgreSQL 17/ },
  ])("of PostgreSQL $found is refused and left alone", async ({ found, code, message }) => {
    test.folder = await test.copyOfPristine();
    await writeFile(join(test.folder, "postgres/data/PG_VERSION"), `${found}\n`);
    await expect(test.start()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await readdir(test.folder)).toEqual(["postgres"]);
  });

  it("with a broken configuration says what the server said", async () => {
    test.folder = await test.copyOfPristine();
    await writeFile(join(test.folder, "postgres/data/postgresql.conf"), "no_such_setting = 1\n");
    await expect(test.start()).rejects.toMatchObject({
      code: "database.start_failed",
      message: expect.stringMatching(
        /Starting the database in .*postgres failed: configuration file .* contains errors/,
      ),
    });
  });

  it.runIf(isRoot())("that belongs to somebody else is refused", async () => {
    test.folder = await test.copyOfPristine();
    await chown(join(test.folder, "postgres"), 54_321, 54_321);
    await expect(test.start()).rejects.toMatchObject({
      code: "database.start_failed",
      message: expect.stringContaining("found one of uid 54321"),
    });
  });
});

describe("a place that makes sockets hard", () => {
  it("with a path too long for a socket uses a short closed folder", async () => {
    const short = await newFolder();
    test.folder = short;
    const dataFolder = join(short, "a-rather-long-name-for-a-folder".repeat(3));
    await mkdir(dataFolder);
    await run("cp", ["-a", join(test.pristine, "postgres"), dataFolder]);
    const server = await startEmbeddedPostgres({ dataFolder, log: silentLogger, durable: false });
    try {
      expect(server.connection.host).toMatch(new RegExp(`^${tmpdir()}/pave-[0-9a-f]{12}`));
      expect((await stat(server.connection.host)).mode & 0o777).toBe(0o700);
    } finally {
      await server.stop();
    }
    await expect(stat(server.connection.host)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("falls back to loopback with a password", async () => {
    test.folder = await test.copyOfPristine();
    test.running = await startEmbeddedPostgres({
      dataFolder: test.folder,
      log: silentLogger,
      durable: false,
      transport: { kind: "loopback", port: 20_000 + (process.pid % 10_000) },
    });
    expect(test.running.connection.host).toBe("127.0.0.1");
    expect(await test.value("select 1")).toBe(1);
    const stranger = new pg.Client({ ...test.running.connection, password: "guess" });
    await expect(stranger.connect()).rejects.toMatchObject({ code: "28P01" });
  });
});

describe("a full disk", () => {
  it("is named before a new database is begun, and when a start fails of it", async (context) => {
    test.folder = await newFolder();
    try {
      await run("mount", ["-t", "tmpfs", "-o", "size=160m,mode=755", "tmpfs", test.folder]);
    } catch {
      context.skip("mounting a small tmpfs is not permitted here");
    }
    try {
      await writeFile(join(test.folder, "ballast"), Buffer.alloc(60 * 1024 * 1024));
      await expect(test.start()).rejects.toMatchObject({
        code: "database.disk_full",
        message: expect.stringMatching(/expected 128 MB free, found \d+ MB/),
      });
      await rm(join(test.folder, "ballast"));
      await (await test.start()).stop();

      await fill(join(test.folder, "ballast"));
      await expect(test.start()).rejects.toMatchObject({ code: "database.disk_full" });
      await rm(join(test.folder, "ballast"));
      test.running = await test.start();
      expect(await test.value("select 1")).toBe(1);
      await test.running.stop();
    } finally {
      await stopLeftoverPostgres(test.folder).catch(() => false);
      await run("umount", [test.folder]);
    }
  });
});

async function endedProcess(): Promise<{ pid: number }> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return { pid: child.pid ?? 0 };
}

async function writePidFile(folder: string, pid: number): Promise<void> {
  const data = join(folder, "postgres/data");
  const path = join(data, "postmaster.pid");
  const { uid, gid } = await stat(data);
  await writeFile(`${path}.new`, `${pid}\n${data}\n1700000000\n5432\n/tmp\n\n  5432001    123456\nready   \n`, {
    mode: 0o600,
  });
  await chown(`${path}.new`, uid, gid);
  await rename(`${path}.new`, path);
}

async function leaveSocketLock(folder: string, pid: number): Promise<void> {
  const socketFolder = join(folder, "postgres/run");
  const { uid, gid } = await stat(join(folder, "postgres"));
  await mkdir(socketFolder, { mode: 0o700 });
  await chown(socketFolder, uid, gid);
  await writeFile(join(socketFolder, ".s.PGSQL.5432.lock"), `${pid}\n`);
}

async function fill(path: string): Promise<void> {
  await run("dd", ["if=/dev/zero", `of=${path}`, "bs=4k"]).catch(() => undefined);
}
