import { chmod, chown, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeBytes } from "../../kernel/time.ts";
import type { Attempt } from "../attempt/attempt.ts";
import { AttemptError } from "../attempt/attempt-error.ts";
import { removeFolder, takeOverFolder } from "../attempt/janitor.ts";
import { isStarted, startSupervised, waitForExit } from "../attempt/supervise.ts";
import type { Host } from "../host.ts";
import { makeFolders } from "../prepare-command.ts";
import { type BuildFailure, explainBuildFailure } from "./build-failure.ts";
import { findUv } from "./find-uv.ts";
import { installerSettings, secretSettings } from "./installer-settings.ts";
import type { Interpreter } from "./interpreters.ts";
import { type LockedPackage, renderLock } from "./lock-file.ts";

export interface PythonEnvironmentOptions {
  readonly root: string;
  /** What the operator started Pave in; see installer-settings.ts. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** uv when absent, and pip where uv cannot be had. */
  readonly tool: "uv" | "pip" | undefined;
  /** Whether packages without a wheel are built: their set-up code sees installer-settings.ts. */
  readonly sourceBuilds: SourceBuilds;
}

/** `auto`: where those settings hold no secret. */
export type SourceBuilds = "auto" | "always" | "never";

export interface EnvironmentPlan {
  readonly key: string;
  readonly path: string;
  readonly lockPath: string;
  readonly packages: readonly LockedPackage[];
  readonly base: Interpreter;
}

/** Of set-up code of packages: as large as a compiler needs, within what all steps together may take. */
const buildLimits = { memoryBytes: null, cpus: null, processes: 2_048 };
const buildTimeoutMs = 30 * 60_000;

/** First from wheels alone, where no code of a package runs; from source only when it must be, under a user of its own. */
export async function buildEnvironment(
  options: PythonEnvironmentOptions,
  host: Host,
  attempt: Attempt,
  plan: EnvironmentPlan,
): Promise<void> {
  const wheels = await buildOnce(options, host, attempt, plan, false);
  if (wheels === undefined) return;
  if (wheels.kind === "final") throw new AttemptError("environment", wheels.message);
  await assertMayBuildSource(options, host, plan, wheels);
  const source = await buildOnce(options, host, attempt, plan, true);
  if (source !== undefined) throw new AttemptError("environment", source.message);
}

/** Neither installer can fetch a source package without running it, so what fetches it is what its set-up code sees. */
async function assertMayBuildSource(
  options: PythonEnvironmentOptions,
  host: Host,
  { lockPath }: EnvironmentPlan,
  { item }: Extract<BuildFailure, { kind: "source" }>,
): Promise<void> {
  if (options.sourceBuilds === "always") return;
  const secrets = secretSettings(await installerSettings(options.environment, host.python));
  if (options.sourceBuilds === "auto" && secrets.length === 0) return;
  const reason =
    options.sourceBuilds === "never"
      ? "building packages from source is off (PAVE_SOURCE_BUILDS=never)"
      : `building it from source would show its set-up code the credentials in ${secrets.join(", ")}`;
  throw new AttemptError(
    "environment",
    `${lockPath}: ${item} has no wheel for this machine and Python, and ${reason}; choose a version with wheels, or start Pave with PAVE_SOURCE_BUILDS=always if all packages can be trusted with that`,
  );
}

/** Undefined when it was built. */
async function buildOnce(
  options: PythonEnvironmentOptions,
  host: Host,
  attempt: Attempt,
  plan: EnvironmentPlan,
  allowSource: boolean,
): Promise<BuildFailure | undefined> {
  const folder = join(attempt.folder.environment, allowSource ? "source" : "wheels");
  if (!(await isStarted(folder))) await startBuild(options, host, attempt, { plan, allowSource, folder });
  attempt.setProgress("preparing", "building the Python environment");
  const exit = await waitForExit(host, folder, attempt);
  await rm(requestFile(plan, attempt), { force: true });
  attempt.log.forgetEnd();
  throwIfOver(attempt);
  if (exit?.exitCode === 0) {
    // Its user may come back as another attempt's, so what set-up code made does not stay its own.
    if (allowSource && attempt.uid !== null) await takeOverFolder(host, plan.path, attempt.uid);
    return undefined;
  }
  if (!exit) throw new AttemptError("infra", `${plan.lockPath}: building the environment was interrupted`);
  if (exit.reason === "timeout")
    throw new AttemptError(
      "environment",
      `${plan.lockPath}: the environment was not built within 30 minutes; see the log`,
    );
  if (exit.reason === "cancelled")
    throw new AttemptError(
      "infra",
      `${plan.lockPath}: building the environment was stopped together with the platform`,
    );
  if (exit.reason === "disk-limit" || exit.reason === "disk-full")
    throw new AttemptError(
      "disk",
      `${plan.lockPath}: building the environment took ${describeBytes(exit.diskBytes)} of the runner's disk, which is too much`,
    );
  return explainBuildFailure(exit.message ?? exit.stderrTail, plan.lockPath);
}

/** Where the builder's user can read it; the attempt's own, as another runner may build the same at that moment. */
const requestFile = ({ path }: EnvironmentPlan, { workId }: Attempt): string => `${path}.${workId}.json`;

interface BuildStart {
  readonly plan: EnvironmentPlan;
  readonly allowSource: boolean;
  readonly folder: string;
}

async function startBuild(
  options: PythonEnvironmentOptions,
  host: Host,
  attempt: Attempt,
  start: BuildStart,
): Promise<void> {
  const { plan, allowSource, folder } = start;
  const uid = allowSource ? attempt.uid : host.isolation.builderUid;
  const settings = await installerSettings(options.environment, host.python);
  const say = (text: string) => attempt.note(text);
  if (allowSource) await say("some packages come only as source: their set-up code runs under a user of its own");
  const searchPath = options.environment.PATH ?? "";
  const uv =
    options.tool === "pip"
      ? undefined
      : await findUv({ root: options.root, searchPath, uid, python: host.python, settings, say });
  const work = allowSource ? await ownFolder(host, attempt) : await builderFolder(options.root, uid);
  const { path } = plan;
  const environments = join(options.root, "environments");
  await openFolder(environments, null);
  if (allowSource) await removeFolder(host, path).catch(() => undefined);
  await openFolder(path, uid);
  const lockFile = `${path}.lock`;
  await writeFile(lockFile, "", { flag: "a" });
  await chmod(lockFile, 0o666);
  const request = requestFile(plan, attempt);
  const body = {
    path,
    lockFile,
    requirements: renderLock(plan.packages),
    lock: plan.lockPath,
    uv: uv ?? null,
    allowSource,
    cache: join(work, uv ? "uv-cache" : "pip-cache"),
    interpreter: plan.base.path,
  };
  await writeFile(request, JSON.stringify(body));
  await chmod(request, 0o644);
  const command = [plan.base.path, "-I", join(host.scripts, "build_environment.py"), request];
  const readOnly = [host.scripts, request, ...(uv ? [uv] : []), ...host.interpreters.prefixes()];
  const view = { cwd: work, readOnly, writable: [path, lockFile, work] };
  await startSupervised(host, folder, {
    command: allowSource ? host.isolation.wrap(command, view) : command,
    cwd: work,
    env: {
      ...settings,
      PATH: "/usr/local/bin:/usr/bin:/bin",
      LANG: "C.UTF-8",
      HOME: work,
      TMPDIR: work,
      PYTHONUNBUFFERED: "1",
      PAVE_ATTEMPT: `${attempt.folder.path}/`,
    },
    network: true,
    makesNetwork: false,
    door: null,
    wrapped: allowSource && host.isolation.isWrapped,
    groups: allowSource ? await host.groups.make(attempt.workId, buildLimits) : null,
    uid,
    ownsUid: allowSource && uid !== null,
    timeoutMs: buildTimeoutMs,
    memoryBytes: null,
    fileBytes: null,
    disk: allowSource ? { folder: attempt.folder.step, maxBytes: host.stepDiskBytes } : null,
    log: attempt.folder.log,
    stdout: null,
    outputs: null,
    closeFolder: null,
  });
}

/** Home and caches of the user that installs wheels. */
export async function builderFolder(root: string, uid: number | null): Promise<string> {
  const folder = join(root, "build");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (uid !== null) await chown(folder, uid, uid);
  return folder;
}

/** Set-up code of packages shares nothing with other builds. */
async function ownFolder(host: Host, attempt: Attempt): Promise<string> {
  await makeFolders(host, attempt);
  return join(attempt.folder.step, "tmp");
}

export async function openFolder(path: string, uid: number | null): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o755);
  if (uid !== null) await chown(path, uid, uid);
}

export function throwIfOver(attempt: Attempt): void {
  attempt.throwIfLeft();
  if (attempt.cancelled.aborted)
    throw new AttemptError("cancelled", "cancelled while its Python environment was built");
}
