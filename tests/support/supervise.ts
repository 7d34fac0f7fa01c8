import { setTimeout as delay } from "node:timers/promises";
import type { TestPlatform } from "./platform.ts";
import { isAlive } from "./processes.ts";

export const roles = ["server", "gateway", "runner", "postgres"] as const;
export type Role = (typeof roles)[number];

/** Kills a process of the platform as the kernel would, and starts the server again where it was that, as a supervisor would. */
export async function killRole(platform: TestPlatform, role: Role): Promise<void> {
  await killProcess(role, async () => (await platform.pids())[role]);
  if (role === "server") await platform.start();
}

/** Kills a process as the kernel would; gives when it is gone. Killed a moment ago, it may not be there again yet. */
export async function killProcess(what: string, find: () => Promise<number | undefined>): Promise<void> {
  const pid = await livePid(what, find);
  process.kill(pid, "SIGKILL");
  while (await isAlive(pid)) await delay(5);
}

async function livePid(what: string, find: () => Promise<number | undefined>): Promise<number> {
  for (let tries = 0; tries < 1200; tries += 1) {
    const pid = await find().catch(() => undefined);
    if (pid && (await isAlive(pid))) return pid;
    await delay(50);
  }
  throw new Error(`the ${what} did not come back within 60 s`);
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
