import { join } from "node:path";
import type { PythonWork } from "@pave/contract";
import { digestOfJson } from "../../kernel/json.ts";
import { normalizeName } from "../../kernel/python/index.ts";
import type { Attempt } from "../attempt/attempt.ts";
import { AttemptError } from "../attempt/attempt-error.ts";
import { readJson } from "../attempt/attempt-folder.ts";
import type { Host } from "../host.ts";
import {
  buildEnvironment,
  type EnvironmentPlan,
  type PythonEnvironmentOptions,
  throwIfOver,
} from "./build-environment.ts";
import { checkDeclared } from "./check-declared.ts";
import type { Interpreter } from "./interpreters.ts";
import { parseLock, renderLock } from "./lock-file.ts";
import { lockRequirements, type Requirements } from "./lock-requirements.ts";
import { requirementLines } from "./requirement-lines.ts";

interface PythonEnvironment {
  readonly path: string;
  /** The path of its own interpreter. */
  readonly interpreter: string;
  readonly base: Interpreter;
  readonly tool: "uv" | "pip";
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  readonly seconds: number;
  /** Of interpreter, platform and what is installed: the same from uv and from pip. */
  readonly digest: string;
  /** What is installed, as a lock. */
  readonly lock: string;
}

export interface PythonEnvironments {
  /** The environment of a lock; built, by this attempt or another, where it is not there yet. */
  ensure(host: Host, attempt: Attempt, request: PythonWork["python"]): Promise<PythonEnvironment>;
  /** The lock of requirements that are none yet. */
  lock(host: Host, attempt: Attempt, requirements: Requirements): Promise<PythonWork["python"]>;
}

interface Built {
  readonly tool: "uv" | "pip";
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  readonly seconds: number;
}

export function createPythonEnvironments(options: PythonEnvironmentOptions): PythonEnvironments {
  const building = new Map<string, Promise<unknown>>();

  const readyOf = async (plan: EnvironmentPlan): Promise<PythonEnvironment | undefined> => {
    const built = await readJson<Built>(join(plan.path, "pave-environment.json"));
    return built && describe(plan, built);
  };

  return {
    lock: (host, attempt, requirements) => lockRequirements(options, host, attempt, requirements),
    async ensure(host, attempt, request) {
      const plan = await planOf(options.root, host, await pinned(options, host, attempt, request));
      for (;;) {
        const ready = await readyOf(plan);
        if (ready) return ready;
        const other = building.get(plan.key);
        if (!other) break;
        attempt.setProgress("preparing", "waiting for the Python environment");
        await Promise.race([other.catch(() => undefined), aborted(attempt)]);
        throwIfOver(attempt);
      }
      const mine = buildEnvironment(options, host, attempt, plan).finally(() => building.delete(plan.key));
      building.set(plan.key, mine);
      await mine;
      const ready = await readyOf(plan);
      if (!ready)
        throw new AttemptError("infra", `${request.lockPath}: the environment was built but is not there; try again`);
      return ready;
    },
  };
}

/** Requirements that name no exact packages, as a lock. */
async function pinned(
  options: PythonEnvironmentOptions,
  host: Host,
  attempt: Attempt,
  request: PythonWork["python"],
): Promise<PythonWork["python"]> {
  if (request.pinned !== false) return request;
  const { requires, lockPath: path, lock } = request;
  return lockRequirements(options, host, attempt, { lines: requirementLines(lock, path), requires, path });
}

async function planOf(root: string, host: Host, request: PythonWork["python"]): Promise<EnvironmentPlan> {
  const packages = parseLock(request.lock, request.lockPath);
  checkDeclared(request.declared, packages, request.lockPath);
  const base = await host.interpreters.select(request.requires);
  const key = digestOfJson({ lock: renderLock(packages), python: [base.path, base.version] }).slice(
    "sha256:".length,
    30,
  );
  return { key, path: join(root, "environments", key), lockPath: request.lockPath, packages, base };
}

function describe(plan: EnvironmentPlan, built: Built): PythonEnvironment {
  const { base, path } = plan;
  const hashes = new Map(plan.packages.map((item) => [item.name, item.hashes]));
  const packages = built.packages.map(({ name, version }) => ({
    name: normalizeName(name),
    version,
  }));
  packages.sort((a, b) => (a.name < b.name ? -1 : 1));
  const installed = packages.map((item) => ({ ...item, hashes: hashes.get(item.name) ?? [] }));
  const digest = digestOfJson({
    implementation: base.implementation,
    version: base.version,
    platform: base.platform,
    installed,
  });
  return {
    path,
    interpreter: join(path, "bin", "python"),
    base,
    tool: built.tool,
    packages,
    seconds: built.seconds,
    digest,
    lock: renderLock(plan.packages),
  };
}

const aborted = (attempt: Attempt): Promise<void> =>
  new Promise((resolve) => {
    const either = AbortSignal.any([attempt.cancelled, attempt.left]);
    if (either.aborted) resolve();
    either.addEventListener("abort", () => resolve(), { once: true });
  });
