/*
 * One group for all steps of this runner, below it one for each attempt, in every tree that has a controller we need:
 *
 *   <parent>/pave-<8 hex of the runner's folder>/<work id>
 *
 * The runner makes them, the step enters before anything else of it (limits.py), the supervisor removes them. What a
 * crash leaves is removed with the attempt's folder, or when the next runner starts.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../../kernel/pave-error.ts";
import {
  type Controller,
  controllers,
  findPlaces,
  type GroupLimits,
  type GroupPlace,
  type LimitFile,
  limitFiles,
  memoryForSteps,
  parentsOf,
} from "./group-places.ts";

const run = promisify(execFile);

/** What a supervisor needs of an attempt's groups: see limits.py. */
export interface StepGroups {
  readonly join: readonly string[];
  readonly memory: string | null;
  readonly processes: string | null;
  /** Of memory's tree. */
  readonly version: 1 | 2;
}

export interface ControlGroups {
  readonly has: Readonly<Record<Controller, boolean>>;
  /** Why not more, in words. */
  readonly missing: readonly string[];
  /** What all steps together may take of the memory; null where that is not bounded. */
  readonly memoryBytes: number | null;
  /** Null where there are none. Made before they are there already, they get these limits. */
  make(name: string, limits: GroupLimits): Promise<StepGroups | null>;
  /** Gone already is fine. */
  remove(name: string): Promise<void>;
  /** Removes those of attempts that are none any more. */
  sweep(isKept: (name: string) => boolean): Promise<void>;
  close(): Promise<void>;
}

interface Tree {
  readonly version: 1 | 2;
  /** The group of all steps. */
  readonly folder: string;
  readonly controllers: readonly Controller[];
}

export async function openControlGroups(root: string): Promise<ControlGroups> {
  const name = `pave-${createHash("sha256").update(root).digest("hex").slice(0, 8)}`;
  const { trees, missing } = await openTrees(name);
  const has = (controller: Controller) => trees.some((tree) => tree.controllers.includes(controller));
  const memoryBytes = has("memory") ? await boundAll(trees) : null;
  const folderOf = (controller: Controller, step: string) => {
    const tree = trees.find((tree) => tree.controllers.includes(controller));
    return tree ? join(tree.folder, step) : null;
  };
  const remove = async (step: string) => {
    for (const { folder } of trees) await rmdir(join(folder, step)).catch(() => undefined);
  };
  return {
    has: { memory: has("memory"), cpu: has("cpu"), pids: has("pids") },
    missing,
    memoryBytes,
    async make(step, limits) {
      if (trees.length === 0) return null;
      for (const tree of trees) {
        const folder = join(tree.folder, step);
        await mkdir(folder).catch(unlessThere);
        for (const controller of tree.controllers)
          for (const file of limitFiles(controller, tree.version, limits)) await setLimit(folder, file);
      }
      const memory = trees.find((tree) => tree.controllers.includes("memory"));
      return {
        join: trees.map((tree) => join(tree.folder, step)),
        memory: folderOf("memory", step),
        processes: folderOf("pids", step),
        version: memory?.version ?? 2,
      };
    },
    remove,
    async sweep(isKept) {
      for (const { folder } of trees) {
        const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
        const old = entries.filter((entry) => entry.isDirectory() && !isKept(entry.name));
        for (const entry of old) await rmdir(join(folder, entry.name)).catch(() => undefined);
      }
    },
    async close() {
      // not while steps go on
      for (const { folder } of trees) await rmdir(folder).catch(() => undefined);
    },
  };
}

async function openTrees(name: string): Promise<{ trees: Tree[]; missing: string[] }> {
  const read = (path: string) => readFile(path, "utf8").catch(() => "");
  const places = findPlaces(await read("/proc/self/mountinfo"), await read("/proc/self/cgroup"));
  const trees: Tree[] = [];
  const missing: string[] = [];
  const byTree = Map.groupBy(
    controllers.filter((controller) => places.has(controller)),
    (controller) => places.get(controller)?.mount ?? "",
  );
  for (const group of byTree.values()) {
    const place = group[0] && places.get(group[0]);
    if (!place) continue;
    try {
      const tree = place.version === 1 ? await openOld(place, name, group) : await openNew(place, name, group);
      trees.push(tree);
      const absent = group.filter((controller) => !tree.controllers.includes(controller));
      if (absent.length > 0) missing.push(`no control group for ${absent.join(", ")}: not handed down to this one`);
    } catch (error) {
      missing.push(`no control group for ${group.join(", ")}: ${messageOf(error)}`);
    }
  }
  const none = controllers.filter((controller) => !places.has(controller));
  if (none.length > 0) missing.push(`no control group for ${none.join(", ")}: this system has none`);
  return { trees, missing };
}

async function openOld(place: GroupPlace, name: string, group: readonly Controller[]): Promise<Tree> {
  const folder = join(parentsOf(place)[0] ?? place.mount, name);
  await mkdir(folder).catch(unlessThere);
  await tryToEnter(folder);
  return { version: 1, folder, controllers: group };
}

/** In the nearest group above that hands down what is needed; else below our own, if that was given to us. */
async function openNew(place: GroupPlace, name: string, group: readonly Controller[]): Promise<Tree> {
  let problem: unknown = new Error("the group of this process is not ours to divide");
  for (const parent of parentsOf(place)) {
    try {
      return await openBelow(parent, name, group);
    } catch (error) {
      problem = error;
    }
  }
  const own = join(place.mount, place.own);
  if (!(await isGivenToUs(place, own))) throw problem;
  await moveAside(own);
  await writeFile(join(own, "cgroup.subtree_control"), group.map((one) => `+${one}`).join(" "));
  return openBelow(own, name, group);
}

async function openBelow(parent: string, name: string, group: readonly Controller[]): Promise<Tree> {
  const folder = join(parent, name);
  await mkdir(folder).catch(unlessThere);
  try {
    const offered = (await readFile(join(folder, "cgroup.controllers"), "utf8")).split(/\s+/);
    const controllers = group.filter((controller) => offered.includes(controller));
    if (controllers.length === 0) throw new Error(`${parent} hands no controller down`);
    await writeFile(join(folder, "cgroup.subtree_control"), controllers.map((one) => `+${one}`).join(" "));
    await tryToEnter(folder);
    return { version: 2, folder, controllers };
  } catch (error) {
    await rmdir(folder).catch(() => undefined);
    throw error;
  }
}

/** A unit of systemd with `Delegate=yes`, or the top of a container's own tree; never a session with others' programs. */
async function isGivenToUs(place: GroupPlace, own: string): Promise<boolean> {
  if (place.own !== "" && !basename(place.own).endsWith(".service")) return false;
  return access(join(own, "cgroup.subtree_control"), 2).then(
    () => true,
    () => false,
  );
}

/** A group that divides its controllers may have no process itself: ours move into one below, with the whole platform. */
async function moveAside(own: string): Promise<void> {
  const aside = join(own, "platform");
  await mkdir(aside).catch(unlessThere);
  for (let looks = 0; looks < 10; looks += 1) {
    const pids = (await readFile(join(own, "cgroup.procs"), "utf8")).split("\n").filter(Boolean);
    if (pids.length === 0) return;
    for (const pid of pids) await writeFile(join(aside, "cgroup.procs"), pid).catch(() => undefined);
  }
}

/** To make a group is one thing, to put a process into it another. */
async function tryToEnter(folder: string): Promise<void> {
  const trial = join(folder, "trial");
  await mkdir(trial).catch(unlessThere);
  try {
    await run("/bin/sh", ["-c", 'echo 0 > "$1/cgroup.procs"', "sh", trial], { timeout: 5_000 });
  } finally {
    await rmdir(trial).catch(() => undefined);
  }
}

/** All steps together: the platform keeps memory, and as many shares as there are processors stand against its own. */
async function boundAll(trees: readonly Tree[]): Promise<number | null> {
  for (const { version, controllers, folder } of trees)
    if (version === 1 && controllers.includes("cpu"))
      for (const file of limitFiles("cpu", 1, { ...nothing, cpus: availableParallelism() }).slice(0, 1))
        await setLimit(folder, file);
  const tree = trees.find((one) => one.controllers.includes("memory"));
  if (!tree) return null;
  const file = tree.version === 1 ? "memory.limit_in_bytes" : "memory.max";
  const given = Number(await readFile(join(tree.folder, "..", file), "utf8").catch(() => "max"));
  const bytes = memoryForSteps(Number.isFinite(given) ? Math.min(given, totalmem()) : totalmem());
  const limits = { ...nothing, memoryBytes: bytes };
  try {
    for (const one of limitFiles("memory", tree.version, limits))
      if (one.file !== "memory.oom.group") await setLimit(tree.folder, one);
    return bytes;
  } catch {
    return null;
  }
}

const nothing: GroupLimits = { memoryBytes: null, cpus: null, processes: null };

const setLimit = (folder: string, { file, text, isOptional }: LimitFile): Promise<void> =>
  writeFile(join(folder, file), text).catch((error: unknown) => {
    if (!isOptional) throw error;
  });

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
