import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { entryFile } from "@pave/contract/installation";
import type { Logger } from "../kernel/logger.ts";
import { backoffMs } from "../kernel/retry.ts";
import { sleep } from "../kernel/time.ts";

export interface ChildRole {
  readonly role: "runner" | "gateway";
  /** The settings the child gets, and nothing else of our environment but the PATH and locale. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logFolder: string;
  readonly log: Logger;
  /** A gateway outlives us: its own session and log file, found again by its control socket. */
  readonly detached: boolean;
  /** Starts ahead of the api, and is told over its control socket where that is. */
  readonly connectsLater?: boolean;
}

const mainFile = entryFile("packages/server/src/main");

/** Starts a role as a process of its own. */
export function spawnRole(child: ChildRole): ChildProcess {
  const out = openSync(join(child.logFolder, `${child.role}.log`), "a", 0o600);
  const process_ = spawn(
    process.execPath,
    [
      ...[mainFile, "serve", "--role", child.role],
      ...(child.detached ? [] : ["--with-parent", String(process.pid)]),
      ...(child.connectsLater ? ["--connects-later"] : []),
    ],
    {
      detached: child.detached,
      stdio: ["ignore", out, out],
      env: { ...inheritedEnvironment(), ...child.environment },
    },
  );
  // the child has its own copy; ours would be one more with every restart
  closeSync(out);
  if (child.detached) process_.unref();
  return process_;
}

/** Keeps a child role running until the signal, then stops it and waits for its end. */
export async function keepRole(child: ChildRole, signal: AbortSignal): Promise<void> {
  for (let crashes = 0; !signal.aborted; crashes += 1) {
    const startedAt = Date.now();
    const running = spawnRole(child);
    const ended = new Promise<void>((resolve) => {
      running.once("exit", () => resolve());
      running.once("error", () => resolve());
    });
    const stop = () => running.kill("SIGTERM");
    signal.addEventListener("abort", stop, { once: true });
    await ended;
    signal.removeEventListener("abort", stop);
    if (signal.aborted) return;
    child.log.warn(
      { role: child.role, exitCode: running.exitCode, signal: running.signalCode },
      `the ${child.role} ended; starting it again`,
    );
    if (Date.now() - startedAt > 30_000) crashes = 0;
    await sleep(backoffMs(crashes + 1, { baseMs: 100, maxMs: 10_000 }), signal);
  }
}

/** What a child needs of the machine's environment to find programs and trust certificates; no secrets among it. */
export function inheritedEnvironment(
  environment: Readonly<Record<string, string | undefined>> = machineEnvironment(),
): Record<string, string> {
  const kept =
    /^(PATH|HOME|LANG|LC_.*|TZ|TMPDIR|SSL_CERT_.*|NODE_EXTRA_CA_CERTS|NODE_COMPILE_CACHE|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|PIP_.*|UV_.*|(HTTPS?|NO)_PROXY|(https?|no)_proxy)$/;
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => kept.test(entry[0]) && entry[1] !== undefined,
    ),
  );
}

// biome-ignore lint/style/noProcessEnv: handed on to children, never read as settings
const machineEnvironment = () => process.env;
