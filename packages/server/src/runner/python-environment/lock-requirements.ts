import { createHash } from "node:crypto";
import { chmod, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PythonRequest } from "@pave/contract";
import type { Attempt } from "../attempt/attempt.ts";
import { AttemptError } from "../attempt/attempt-error.ts";
import { isStarted, startSupervised, waitForExit } from "../attempt/supervise.ts";
import type { Host } from "../host.ts";
import { builderFolder, openFolder, type PythonEnvironmentOptions, throwIfOver } from "./build-environment.ts";
import { explainBuildFailure } from "./build-failure.ts";
import { findUv } from "./find-uv.ts";
import { installerSettings } from "./installer-settings.ts";
import { parseLock, renderLock } from "./lock-file.ts";

export interface Requirements {
  /** One a line, as pip reads them: names, versions and markers alone. */
  readonly lines: readonly string[];
  /** Of the interpreter, such as `==3.11.*`. */
  readonly requires: string;
  /** Their file, as messages name it. */
  readonly path: string;
}

const lockTimeoutMs = 10 * 60_000;
/** So long the same requirements mean the same packages on this machine. */
const keptMs = 7 * 24 * 3_600_000;

/** Which packages requirements mean, now and for this machine, with their hashes. Runs no code of any package. */
export async function lockRequirements(
  options: PythonEnvironmentOptions,
  host: Host,
  attempt: Attempt,
  requirements: Requirements,
): Promise<PythonRequest> {
  const { lines, requires, path } = requirements;
  const base = await host.interpreters.select(requires);
  const key = createHash("sha256")
    .update(JSON.stringify([lines, base.path, base.version]))
    .digest("hex")
    .slice(0, 24);
  const kept = join(options.root, "environments", `${key}.requirements`);
  const text = (await recent(kept)) ?? (await lockNow(options, host, attempt, { requirements, python: base.path }));
  const lock = renderLock(parseLock(text, path));
  await keep(kept, lock);
  const lockDigest = `sha256:${createHash("sha256").update(lock).digest("hex")}`;
  return { requires, lockPath: path, lockDigest, lock, declared: [] };
}

async function recent(path: string): Promise<string | undefined> {
  const info = await stat(path).catch(() => undefined);
  return info && Date.now() - info.mtimeMs < keptMs ? readFile(path, "utf8") : undefined;
}

/** Not being able to keep it costs the next one a minute. */
async function keep(path: string, lock: string): Promise<void> {
  if ((await recent(path)) === undefined) await writeFile(path, lock).catch(() => undefined);
}

async function lockNow(
  options: PythonEnvironmentOptions,
  host: Host,
  attempt: Attempt,
  { requirements, python }: { readonly requirements: Requirements; readonly python: string },
): Promise<string> {
  const folder = join(attempt.folder.environment, "lock");
  const answer = join(attempt.folder.path, "lock.txt");
  const environments = join(options.root, "environments");
  const request = join(environments, `${attempt.workId}.request`);
  if (!(await isStarted(folder))) {
    const uid = host.isolation.builderUid;
    const settings = await installerSettings(options.environment, host.python);
    const searchPath = options.environment.PATH ?? "";
    const say = (text: string) => attempt.note(text);
    const uv =
      options.tool === "pip"
        ? undefined
        : await findUv({ root: options.root, searchPath, uid, python: host.python, settings, say });
    const work = await builderFolder(options.root, uid);
    await openFolder(environments, null);
    await writeFile(
      request,
      JSON.stringify({
        requirements: `${requirements.lines.join("\n")}\n`,
        work,
        uv: uv ?? null,
        cache: join(work, uv ? "uv-cache" : "pip-cache"),
        interpreter: python,
      }),
    );
    await chmod(request, 0o644);
    await startSupervised(host, folder, {
      command: [python, "-I", join(host.scripts, "lock_requirements.py"), request],
      cwd: work,
      env: { ...settings, PATH: "/usr/local/bin:/usr/bin:/bin", LANG: "C.UTF-8", HOME: work, TMPDIR: work },
      network: true,
      makesNetwork: false,
      door: null,
      wrapped: false,
      groups: null,
      uid,
      ownsUid: false,
      timeoutMs: lockTimeoutMs,
      memoryBytes: null,
      fileBytes: null,
      disk: null,
      log: attempt.folder.log,
      stdout: answer,
      outputs: null,
      closeFolder: null,
    });
  }
  attempt.setProgress("preparing", "finding out which packages the model needs");
  const exit = await waitForExit(host, folder, attempt);
  await rm(request, { force: true });
  attempt.log.forgetEnd();
  throwIfOver(attempt);
  if (exit?.exitCode === 0) return readFile(answer, "utf8");
  if (!exit || exit.reason === "cancelled")
    throw new AttemptError("infra", `${requirements.path}: finding out which packages it means was interrupted`);
  if (exit.reason === "timeout")
    throw new AttemptError("environment", `${requirements.path}: its packages were not found within 10 minutes`);
  throw new AttemptError(
    "environment",
    explainBuildFailure(exit.message ?? exit.stderrTail, requirements.path).message,
  );
}
