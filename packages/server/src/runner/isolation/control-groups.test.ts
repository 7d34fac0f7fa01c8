import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { newId } from "../../kernel/ids.ts";
import { type ControlGroups, openControlGroups } from "./control-groups.ts";

const root = `/tmp/pave-groups-${newId()}`;
const found = await openControlGroups(root);
const canBound = found.has.memory && found.has.cpu && found.has.pids;
if (!canBound) console.log(`control groups: skipped: ${found.missing.join("; ")}`);
await found.close();

describe.skipIf(!canBound)("control groups", () => {
  const limits = { memoryBytes: 256 * 2 ** 20, cpus: 1.5, processes: 100 };
  const made = async (groups: ControlGroups, name: string) => {
    const step = await groups.make(name, limits);
    if (!step) throw new Error("no groups were made");
    return step;
  };

  it("hold the limits that an attempt was given, below a group that keeps memory for the platform", async () => {
    const groups = await openControlGroups(root);
    const { join: folders, memory, processes, version } = await made(groups, "one");
    const read = async (folder: string | null, file: string) =>
      (await readFile(join(folder ?? "", file), "utf8")).trim();
    const limit = version === 1 ? "memory.limit_in_bytes" : "memory.max";
    expect(await read(memory, limit)).toBe(String(limits.memoryBytes));
    expect(await read(processes, "pids.max")).toBe("100");
    expect(Number(await read(dirname(memory ?? ""), limit))).toBeLessThanOrEqual(groups.memoryBytes ?? 0);
    const cpu = folders.find((folder) => folder.includes("/cpu")) ?? folders[0] ?? null;
    if (version === 1) expect(await read(cpu, "cpu.cfs_quota_us")).toBe("150000");
    // making it again is what a runner does that was killed in between
    expect(await made(groups, "one")).toEqual({ join: folders, memory, processes, version });
    await groups.remove("one");
    await groups.close();
    for (const folder of folders) await expect(readdir(dirname(folder))).rejects.toThrow("ENOENT");
  });

  it("that a crash left are removed, but not while something lives in them", async () => {
    const crashed = await openControlGroups(root);
    const left = await made(crashed, "left");
    const kept = await made(crashed, "kept");
    const alive = await made(crashed, "alive");
    const enter = 'for one in "$@"; do echo 0 > "$one/cgroup.procs"; done; echo in; exec sleep 60';
    const child = spawn("/bin/sh", ["-c", enter, "sh", ...alive.join], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((resolve) => child.stdout.once("data", resolve));

    const groups = await openControlGroups(root);
    await groups.sweep((name) => name === "kept");
    const names = async () => readdir(dirname(left.memory ?? ""), { withFileTypes: true });
    const folders = async () => (await names()).filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect((await folders()).sort()).toEqual(["alive", "kept"]);
    expect(await readFile(join(kept.processes ?? "", "pids.current"), "utf8")).toBe("0\n");
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    await groups.sweep(() => false);
    expect(await folders()).toEqual([]);
    await groups.close();
  });
});
