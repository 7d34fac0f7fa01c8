import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "@pave/contract";
import { type DataFolderLock, lockDataFolder } from "../drivers/process/data-folder-lock.ts";
import { reachableRoot } from "../drivers/process/reachable.ts";
import { newId } from "../kernel/ids.ts";
import { isPaveError } from "../kernel/pave-error.ts";
import { retry } from "../kernel/retry.ts";
import { ChildExits } from "./attempt/child-exits.ts";
import { createBlobCache } from "./blob-cache.ts";
import type { Host } from "./host.ts";
import { openControlGroups } from "./isolation/control-groups.ts";
import { createIsolation } from "./isolation/isolation.ts";
import { createInterpreters } from "./python-environment/interpreters.ts";
import { createPythonEnvironments } from "./python-environment/python-environments.ts";
import type { RunnerOptions } from "./run-runner.ts";
import { findRuntime } from "./runtime-files.ts";

const maxCacheBytes = 20 * 2 ** 30;
const defaultStepDiskBytes = 50 * 2 ** 30;

/** Everything that a runner needs before it can claim work; fails with the reason where it cannot have it. */
export async function openHost(options: RunnerOptions): Promise<Host> {
  const { apiUrl, token, log, environment } = options;
  const searchPath = environment.PATH ?? "/usr/local/bin:/usr/bin:/bin";
  const root = join(await reachableRoot(options.dataFolder), "runner");
  await makeFolder(root, 0o711);
  await makeFolder(join(root, "attempts"), 0o711);
  await makeFolder(join(root, "cache"), 0o700);
  const lock = await lockFolder(root);
  const isolation = await createIsolation({ wanted: options.isolation ?? "auto", searchPath });
  const groups = await openControlGroups(root);
  await groups.sweep(await keptNames(root));
  const runtime = await findRuntime(root, options.builtinsFolder, isolation.bounds.user);
  const interpreters = createInterpreters({ preferred: options.python, searchPath, uid: isolation.builderUid });
  const cache = createBlobCache(join(root, "cache"), apiUrl);
  await cache.prune(maxCacheBytes);
  const pruning = setInterval(() => void cache.prune(maxCacheBytes).catch(() => undefined), 3_600_000).unref();
  return {
    api: createClient({ baseUrl: apiUrl, token }),
    apiUrl,
    log,
    root,
    runnerId: await runnerIdOf(root),
    isolation,
    groups,
    stepDiskBytes: options.stepDiskBytes ?? defaultStepDiskBytes,
    python: await interpreters.forSupervisors(),
    scripts: runtime.scripts,
    childExits: new ChildExits(),
    cache,
    runtime,
    interpreters,
    environments: createPythonEnvironments({
      root,
      environment,
      tool: options.installer,
      sourceBuilds: options.sourceBuilds ?? "auto",
    }),
    async close() {
      clearInterval(pruning);
      await groups.close();
      await lock.release();
    },
  };
}

/** A runner that is just ending may still have the folder. */
const lockFolder = (root: string): Promise<DataFolderLock> =>
  retry(() => lockDataFolder(root), {
    tries: 20,
    baseMs: 100,
    maxMs: 500,
    isRetryable: (error) => isPaveError(error) && error.code === "database.data_folder_in_use",
  });

/** Attempts and served models whose processes may live on. */
async function keptNames(root: string): Promise<(name: string) => boolean> {
  const names = await Promise.all(
    [join(root, "attempts"), join(root, "served", "attempts")].map((folder) => readdir(folder).catch(() => [])),
  );
  const kept = new Set(names.flat());
  return (name) => kept.has(name);
}

async function runnerIdOf(root: string): Promise<string> {
  const path = join(root, "runner-id");
  const found = await readFile(path, "utf8").catch(() => "");
  if (found !== "") return found;
  const id = newId();
  await writeFile(path, id, { mode: 0o600 });
  return id;
}

/** mkdir obeys the umask; other users must be able to walk through some of these. */
async function makeFolder(path: string, mode: number): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, mode);
}
