import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockDataFolder } from "./data-folder-lock.ts";
import { identityOf } from "./process-life.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pave-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("lockDataFolder", () => {
  it("refuses a second holder and names the first", async () => {
    const lock = await lockDataFolder(folder);
    await expect(lockDataFolder(folder)).rejects.toMatchObject({
      code: "database.data_folder_in_use",
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await lock.release();
    await (await lockDataFolder(folder)).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    { left: "a process that was killed", holder: async () => ({ pid: await endedPid(), startTime: "boot-1" }) },
    {
      left: "a process whose pid somebody else has by now",
      holder: async () => ({ pid: process.pid, startTime: "boot-1" }),
    },
    { left: "a crash in the middle of writing", holder: async () => undefined },
  ])("takes over what $left left behind", async ({ holder }) => {
    await writeFile(join(folder, "server.lock"), JSON.stringify(await holder()) ?? "");
    const lock = await lockDataFolder(folder);
    await expect(lockDataFolder(folder)).rejects.toMatchObject({ code: "database.data_folder_in_use" });
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("is given to exactly one of many who find a stale one", async () => {
    await writeFile(join(folder, "server.lock"), JSON.stringify({ pid: await endedPid(), startTime: "boot-1" }));
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockDataFolder(folder)));
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    expect(await readdir(folder)).toEqual(["server.lock"]);
  });

  it("is not released by one who lost it", async () => {
    const lock = await lockDataFolder(folder);
    await writeFile(join(folder, "server.lock"), JSON.stringify({ ...(await identityOf(process.pid)), pid: 1 }));
    await lock.release();
    expect(await readdir(folder)).toEqual(["server.lock"]);
  });
});

async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid ?? 0;
}
