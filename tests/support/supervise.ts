import { setTimeout as delay } from "node:timers/promises";
import type { TestPlatform } from "./platform.ts";
import { isAlive } from "./processes.ts";

export const roles = ["server", "gateway", "runner", "postgres"] as const;
export type Role = (typeof roles)[number];

/** Kills a process of the platform as the kernel would, and starts the server again where it was that, as a supervisor would. */
export async function killRole(platform: TestPlatform, role: Role): Promise<void> {
  const pid = await pidOf(platform, role);
  process.kill(pid, "SIGKILL");
  while (await isAlive(pid)) await delay(5);
  if (role === "server") await platform.start();
}

/** A process that was killed a moment ago may not be there again yet. */
async function pidOf(platform: TestPlatform, role: Role): Promise<number> {
  for (let tries = 0; tries < 1200; tries += 1) {
    const pid = (await platform.pids().catch(() => undefined))?.[role];
    if (pid && (await isAlive(pid))) return pid;
    await delay(50);
  }
  throw new Error(`the ${role} did not come back within 60 s`);
}

/** A generator of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
