import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reachableRoot, removeReachableRoot } from "../../drivers/process/reachable.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { type RunnerOptions, runRunner } from "../run-runner.ts";
import type { FakeApi } from "./fake-api.ts";

export interface TestRunner {
  readonly dataFolder: string;
  readonly root: string;
  stop(): Promise<void>;
}

export const repository = join(import.meta.dirname, "..", "..", "..", "..", "..");

export const newDataFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "pave-runner-"));

/** A runner in this process. */
export async function startRunner(
  api: FakeApi,
  dataFolder: string,
  options: Partial<
    Pick<
      RunnerOptions,
      | "capacity"
      | "isolation"
      | "installer"
      | "environment"
      | "builtinsFolder"
      | "sourceBuilds"
      | "stepDiskBytes"
      | "pruneMs"
    >
  > = {},
): Promise<TestRunner> {
  const stopping = new AbortController();
  const { env } = process;
  const common = {
    apiUrl: api.url,
    token: "runner",
    dataFolder,
    builtinsFolder: repository,
    environment: env,
    heartbeatMs: 200,
  };
  const running = runRunner({ ...common, capacity: 2, log: silentLogger, signal: stopping.signal, ...options });
  return {
    dataFolder,
    root: join(await reachableRoot(dataFolder), "runner"),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

export async function removeRunnerFolder(dataFolder: string): Promise<void> {
  await removeReachableRoot(dataFolder);
  await rm(dataFolder, { recursive: true, force: true });
}
