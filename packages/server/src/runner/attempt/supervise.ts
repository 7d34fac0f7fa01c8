import { spawn } from "node:child_process";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { SecretEnvironment } from "@pave/contract";
import { isAlive, type ProcessIdentity, sendSignal } from "../../drivers/process/process-life.ts";
import { exists } from "../../drivers/process/reachable.ts";
import { sleep } from "../../kernel/time.ts";
import type { Host } from "../host.ts";
import { killerUidOf } from "../isolation/attempt-uids.ts";
import { AttemptLeft } from "./attempt-error.ts";
import { readJson, writeJson } from "./attempt-folder.ts";
import type { ExitReport } from "./exit-report.ts";

/** What a supervisor runs: most of the spec.json that python/pave_attempt/supervise.py reads. */
export interface SupervisedCommand {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Null: the runner's own user. */
  readonly uid: number | null;
  /** Whether nobody else runs as `uid`, so that everything of it may be ended with the command. */
  readonly ownsUid: boolean;
  /** False: it cannot reach the network, where this machine lets that be; true when absent. */
  readonly network?: boolean;
  readonly timeoutMs: number;
  readonly memoryBytes: number | null;
  /** Largest file that the command may write. */
  readonly fileBytes: number | null;
  /** What it may take of the disk in a folder of its own, and in those that are everybody's; null: not looked at. */
  readonly disk: { readonly folder: string; readonly maxBytes: number } | null;
  readonly log: string;
  /** Where standard output goes instead of the log. */
  readonly stdout: string | null;
  readonly outputs: {
    readonly folder: string;
    readonly maxFiles: number;
    readonly maxFileBytes: number;
    readonly maxBytes: number;
  } | null;
  /**
   * Variables for the command alone, and what of them its log and outputs must not show. Handed to the supervisor over a
   * pipe: neither this process nor any file keeps them.
   */
  readonly secrets?: SecretEnvironment;
  /** Folder to which everybody else loses access when the command has ended. */
  readonly closeFolder: string | null;
}

interface Signals {
  readonly cancelled: AbortSignal;
  readonly left: AbortSignal;
}

const logLimitBytes = 50 * 2 ** 20;
/** What is left for the platform: its database must go on when a step fills the disk. */
const minFreeBytes = 2 ** 30;
const pollMs = 100;
const startMs = 5_000;

/**
 * Whether a command was started in `folder` by this runner or an earlier one. A runner that was killed just after
 * spawning a supervisor leaves a spec and nothing else: the supervisor gets a moment to appear, then is locked out.
 */
export async function isStarted(folder: string): Promise<boolean> {
  const isThere = async () =>
    (await exists(join(folder, "supervisor.json"))) || (await exists(join(folder, "exit.json")));
  for (let waitedMs = 0; waitedMs < startMs; waitedMs += pollMs) {
    if (await isThere()) return true;
    if (!(await exists(join(folder, "spec.json")))) return false;
    await sleep(pollMs);
  }
  await rm(folder, { recursive: true, force: true });
  return false;
}

const readExit = (folder: string): Promise<ExitReport | undefined> => readJson<ExitReport>(join(folder, "exit.json"));

/** Starts a command under a supervisor that survives this process. Starting in the same folder again does nothing. */
export async function startSupervised(
  host: Host,
  folder: string,
  { secrets, ...command }: SupervisedCommand,
): Promise<void> {
  const spec = {
    ...command,
    takesSecrets: secrets !== undefined,
    network: command.network ?? true,
    gid: command.uid,
    killerUid: command.uid === null ? null : killerUidOf(command.uid),
    wrapped: host.isolation.kind === "bwrap",
    disk: command.disk && { ...command.disk, minFreeBytes },
    addressSpaceBytes: null,
    logLimitBytes,
  };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeJson(join(folder, "spec.json"), spec);
  const trouble = await open(join(folder, "supervisor.err"), "a", 0o600);
  try {
    const script = join(host.scripts, "supervise.py");
    const args = ["-I", "-S", script, folder];
    const child = spawn(host.python, args, {
      detached: true,
      stdio: [secrets ? "pipe" : "ignore", trouble.fd, trouble.fd],
      cwd: "/",
      env: {},
    });
    child.on("error", (error) =>
      host.log.error({ error: error.message, python: host.python }, "no supervisor could be started"),
    );
    child.on("exit", () => host.childExits.tell());
    child.unref();
    // One that could not be started, or found another at work, reads nothing.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(JSON.stringify(secrets));
  } finally {
    await trouble.close();
  }
}

/**
 * Waits for the end of what was started in `folder`, by whichever runner. A cancel is passed on to the supervisor,
 * which then ends the step. Undefined: the supervisor is gone and left no report.
 */
export async function waitForExit(host: Host, folder: string, signals: Signals): Promise<ExitReport | undefined> {
  const startedBy = Date.now() + 30_000;
  let isTold = false;
  for (;;) {
    const seen = host.childExits.count;
    const report = await readExit(folder);
    if (report) return report;
    if (signals.left.aborted) throw new AttemptLeft("the runner let go of a running command");
    const supervisor = await readJson<ProcessIdentity>(join(folder, "supervisor.json"));
    const isGone = supervisor ? !(await isAlive(supervisor)) : Date.now() > startedBy;
    if (isGone) return readExit(folder);
    if (signals.cancelled.aborted && supervisor && !isTold) {
      isTold = true;
      sendSignal(supervisor.pid, "SIGTERM");
    }
    await host.childExits.waitPast(seen, pollMs, isTold ? [signals.left] : [signals.left, signals.cancelled]);
  }
}

/** Ends what runs in `folder`, if anything does, and waits for it. */
export async function stopSupervised(folder: string): Promise<void> {
  const supervisor = await readJson<ProcessIdentity>(join(folder, "supervisor.json"));
  if (!supervisor || !(await isAlive(supervisor))) return;
  sendSignal(supervisor.pid, "SIGTERM");
  for (let waitedMs = 0; waitedMs < 12_000; waitedMs += 50) {
    if ((await readExit(folder)) || !(await isAlive(supervisor))) return;
    await sleep(50);
  }
}
