import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { identityOf, isAlive, processStartTime, stopProcess, waitForExit } from "./process-life.ts";

describe("processStartTime", () => {
  it("stays the same while the process lives, and differs between processes", async () => {
    const own = await processStartTime(process.pid);
    expect(own).toMatch(/.+/);
    expect(await processStartTime(process.pid)).toBe(own);
    const child = await startChild("setInterval(() => {}, 1000)");
    expect(await processStartTime(child.pid)).not.toBe(own);
    await stopProcess(child.pid, { graceMs: 1000 });
  });

  it("is undefined for a process that is gone, was never there, or is a zombie", async () => {
    const child = await startChild("setInterval(() => {}, 1000)");
    const identity = await identityOf(child.pid);
    process.kill(child.pid, "SIGKILL");
    // Between its death and our event loop's turn it is a zombie.
    while (await processStartTime(child.pid));
    expect(identity && (await isAlive(identity))).toBe(false);
    expect(await processStartTime(2 ** 22 + 1)).toBeUndefined();
    expect(await processStartTime(Number.NaN)).toBeUndefined();
  });
});

describe("stopProcess", () => {
  it("lets a process end by itself", async () => {
    const child = await startChild("process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000)");
    expect(await stopProcess(child.pid, { graceMs: 5_000 })).toBe(true);
    expect(await processStartTime(child.pid)).toBeUndefined();
  });

  it("kills one that does not", async () => {
    const child = await startChild("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)");
    expect(await stopProcess(child.pid, { graceMs: 100 })).toBe(false);
    expect(await processStartTime(child.pid)).toBeUndefined();
  });

  it("leaves a process alone that only has the pid of the one that was meant", async () => {
    const child = await startChild("setInterval(() => {}, 1000)");
    expect(await stopProcess(child.pid, { graceMs: 100, startTime: "earlier" })).toBe(true);
    const identity = await identityOf(child.pid);
    expect(identity && (await waitForExit(identity, 50))).toBe(false);
    await stopProcess(child.pid, { graceMs: 1000 });
  });
});

async function startChild(code: string): Promise<{ pid: number }> {
  const child = spawn(process.execPath, ["-e", `${code}; console.log("ready")`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return { pid: child.pid ?? 0 };
}
