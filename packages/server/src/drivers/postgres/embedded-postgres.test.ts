import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../../kernel/logger.ts";
import { isRoot, processStartTime } from "../process/process-life.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { newFolder, useTestServers } from "./fixtures/test-servers.ts";
import { stopLeftoverPostgres } from "./stop-leftover.ts";

const run = promisify(execFile);
const nobody = 65534;
const test = useTestServers();

describe("a fresh data folder", () => {
  it("becomes a server on a socket that no other user can reach", async () => {
    test.folder = await newFolder();
    test.running = await test.start();
    expect(test.running.version).toMatch(/^18\./);
    expect(test.running.adopted).toBe(false);
    expect(await test.value(`select current_setting('data_checksums') || current_setting('server_encoding')`)).toBe(
      "onUTF8",
    );
    expect((await stat(join(test.folder, "postgres"))).mode & 0o777).toBe(0o700);
    expect((await stat(join(test.folder, "postgres/password"))).mode & 0o777).toBe(0o600);
    if (!isRoot()) return;
    const socket = join(test.running.connection.host, ".s.PGSQL.5432");
    const attempt = `require("node:net").connect(${JSON.stringify(socket)}).on("error", (error) => console.log(error.code))`;
    const { stdout } = await run(process.execPath, ["-e", attempt], { uid: nobody, gid: nobody, cwd: "/" });
    expect(stdout.trim()).toBe("EACCES");
    expect(await ownerOf(test.running.pid)).not.toBe(0);
  });

  it("needs the password even on the socket", async () => {
    test.folder = await test.copyOfPristine();
    test.running = await test.start();
    const client = new pg.Client({ ...test.running.connection, password: "wrong" });
    await expect(client.connect()).rejects.toMatchObject({ code: "28P01" });
  });

  it("keeps its rows over a stop and a start", async () => {
    test.folder = await test.copyOfPristine();
    test.running = await test.start();
    await test.value("create table kept as select 42 as n");
    await test.running.stop();
    expect(await processStartTime(test.running.pid)).toBeUndefined();
    test.running = await test.start();
    expect(await test.value("select n from kept")).toBe(42);
  });

  it.runIf(isRoot())("that root keeps closed has its server where the server's user gets through", async () => {
    test.folder = await newFolder();
    await chmod(test.folder, 0o700);
    test.running = await test.start();
    expect(test.running.connection.host).toMatch(/^\/var\/lib\/pave\/[0-9a-f]{12}\/postgres\/run$/);
    expect(await test.value("select 1")).toBe(1);
  });

  it.runIf(isRoot())("works for a user who is not root", async () => {
    test.folder = await newFolder();
    await chown(test.folder, nobody, nobody);
    const holder = await test.hold({ uid: nobody, gid: nobody });
    expect(await ownerOf(holder.pid)).toBe(nobody);
    const client = new pg.Client(holder.connection);
    await client.connect();
    await client.end();
  });
});

describe("a server that an earlier Pave left behind", () => {
  it("is adopted after kill -9 of its parent", async () => {
    test.folder = await test.copyOfPristine();
    const holder = await test.hold();
    const client = new pg.Client(holder.connection);
    await client.connect();
    await client.query("create table kept as select 42 as n");
    holder.process.kill("SIGKILL");
    await once(holder.process, "exit");

    test.running = await test.start();
    expect(test.running.adopted).toBe(true);
    expect(test.running.pid).toBe(holder.pid);
    // The connection that was open all the time still works.
    expect((await client.query("select n from kept")).rows).toEqual([{ n: 42 }]);
    await client.end();
  });

  it("is restarted by the new supervisor too when it dies", async () => {
    test.folder = await test.copyOfPristine();
    const holder = await test.hold();
    holder.process.kill("SIGKILL");
    await once(holder.process, "exit");
    test.running = await test.start();
    process.kill(holder.pid, "SIGKILL");
    await expect.poll(() => test.value("select 1").catch(() => undefined)).toBe(1);
    await expect.poll(() => test.running?.pid).not.toBe(holder.pid);
  });

  it("can be ended without adopting it", async () => {
    test.folder = await test.copyOfPristine();
    const holder = await test.hold();
    holder.process.kill("SIGKILL");
    expect(await stopLeftoverPostgres(test.folder)).toBe(true);
    expect(await processStartTime(holder.pid)).toBeUndefined();
    expect(await stopLeftoverPostgres(test.folder)).toBe(false);
  });
});

describe("kill -9 of the server", () => {
  it("loses no acknowledged row and heals by itself", async () => {
    test.folder = await test.copyOfPristine();
    test.running = await startEmbeddedPostgres({ dataFolder: test.folder, log: silentLogger });
    expect(await test.value("select current_setting('fsync') || current_setting('synchronous_commit')")).toBe("onon");
    await test.value("create table kept (n integer primary key)");
    const acknowledged: number[] = [];
    let next = 0;
    for (let round = 0; round < 2; round += 1) {
      const { connection, pid } = test.running;
      const writers = Array.from({ length: 3 }, async () => {
        const client = new pg.Client(connection);
        client.on("error", () => undefined);
        try {
          await client.connect();
          for (;;) {
            const n = next++;
            await client.query("insert into kept values ($1)", [n]);
            acknowledged.push(n);
          }
        } catch {
          // The server was killed under it.
        }
      });
      await expect.poll(() => acknowledged.length).toBeGreaterThan((round + 1) * 50);
      process.kill(pid, "SIGKILL");
      await Promise.all(writers);
      await expect.poll(() => test.value("select 1").catch(() => undefined), { interval: 20 }).toBe(1);
      await expect.poll(() => test.running?.pid).not.toBe(pid);
      const found = await test.value<number[]>("select array_agg(n) from kept");
      expect(acknowledged.filter((n) => !found.includes(n))).toEqual([]);
    }
  });

  it("does not wait for a query that its orphaned child still runs", async () => {
    test.folder = await test.copyOfPristine();
    test.running = await test.start();
    const client = new pg.Client(test.running.connection);
    client.on("error", () => undefined);
    await client.connect();
    const query = client.query("select count(*) from generate_series(1, 1000000000)");
    query.catch(() => undefined);
    await expect
      .poll(() =>
        test.value<number>(
          "select count(*)::integer from pg_stat_activity where query like '%generate_series%' and state = 'active' and pid <> pg_backend_pid()",
        ),
      )
      .toBe(1);
    process.kill(test.running.pid, "SIGKILL");
    await expect.poll(() => test.value("select 1").catch(() => undefined)).toBe(1);
    await expect(query).rejects.toThrow();
  });
});

async function ownerOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]);
}
