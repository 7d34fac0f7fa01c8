import { spawn } from "node:child_process";
import { chmod, link, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomText } from "../../kernel/ids.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";

const registry = "/var/lib/pave/uids";
const count = 4_000;
/**
 * Where nobody else's users are: a range that systemd and useradd leave alone, then smaller ones for containers whose
 * user namespace maps fewer.
 */
const bases = [1_900_000_000, 210_000, 52_000];

export interface UidPool {
  readonly builderUid: number;
  reserve(folder: string): Promise<number>;
  release(uid: number): Promise<void>;
}

/** The user from which the supervisor's killer acts: no step's, so that a step cannot signal it first. */
export const killerUidOf = (uid: number): number => uid + count;

/** Whether root here may really become somebody else; in some containers it may not. */
export async function canUseUids(): Promise<boolean> {
  const base = await findBase();
  return base !== undefined && (await runsAs(base));
}

/**
 * Users of live attempts, one file each for the whole machine: several Paves may share it. A file names the attempt's
 * folder; when that folder is gone, the user is free again.
 */
export async function createUidPool(): Promise<UidPool> {
  const base = must(await findBase(), "a range of free users");
  await mkdir(registry, { recursive: true });
  await chmod(registry, 0o700);
  let next = Math.floor(Math.random() * (count - 1));
  return {
    builderUid: base,
    async reserve(folder) {
      for (let tries = 0; tries < count - 1; tries += 1) {
        const uid = base + 1 + (next++ % (count - 1));
        if (await take(uid, folder)) return uid;
      }
      throw new PaveError("isolation.unavailable", `All ${count} users for steps are taken; see ${registry}`);
    },
    release: (uid) => rm(join(registry, String(uid)), { force: true }),
  };
}

/** Makes the file with its text, or not at all. A stale one is moved aside first, so no fresh one is ever removed. */
async function take(uid: number, folder: string): Promise<boolean> {
  const path = join(registry, String(uid));
  const draft = `${path}.${process.pid}.${randomText(6)}`;
  await writeFile(draft, folder, { mode: 0o600 });
  try {
    if (await linkIfFree(draft, path)) return true;
    if (!(await isStale(path))) return false;
    await rename(path, `${draft}.stale`);
    const isFresh = !(await isStale(`${draft}.stale`));
    if (isFresh) await linkIfFree(`${draft}.stale`, path);
    return !isFresh && (await linkIfFree(draft, path));
  } catch {
    return false;
  } finally {
    await rm(draft, { force: true });
    await rm(`${draft}.stale`, { force: true });
  }
}

async function isStale(path: string): Promise<boolean> {
  const folder = await readFile(path, "utf8");
  return stat(folder).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === "ENOENT",
  );
}

const linkIfFree = (source: string, target: string): Promise<boolean> =>
  link(source, target).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return false;
      throw error;
    },
  );

async function findBase(): Promise<number | undefined> {
  const map = await readFile("/proc/self/uid_map", "utf8").catch(() => "0 0 4294967295");
  const ranges = map
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  return bases.find((base) =>
    ranges.some(([first = 0, , size = 0]) => base >= first && base + 2 * count <= first + size),
  );
}

const runsAs = (uid: number): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn("/bin/sh", ["-c", "exit 0"], { uid, gid: uid, stdio: "ignore", cwd: "/" });
    child.on("error", () => resolve(false));
    child.on("exit", (code) => resolve(code === 0));
  });
