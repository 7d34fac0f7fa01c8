import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { ErrorCode } from "@pave/contract";
import { entryFile } from "@pave/contract/installation";
import { PaveError } from "../kernel/pave-error.ts";
import type { JobResult, RunJob } from "../modules/backups/index.ts";
import { inheritedEnvironment } from "./child-role.ts";

const main = entryFile("packages/server/src/main");

/** A line of the job's process. */
interface Line {
  readonly progress?: { text: string; done: number; total: number };
  readonly result?: JobResult;
  readonly error?: { code: ErrorCode; message: string; fix?: string };
}

/** Does jobs in processes of their own, which end with this one. */
export const runBackupJobs =
  (environment: Readonly<Record<string, string>>): RunJob =>
  async (job, { signal, onProgress }) => {
    signal.throwIfAborted();
    const args = [main, "backup-job", "--json", "--with-parent", String(process.pid)];
    const child = spawn(process.execPath, args, {
      env: { ...inheritedEnvironment(), ...environment },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const stop = () => child.kill("SIGTERM");
    signal.addEventListener("abort", stop, { once: true });
    child.stdin.on("error", () => undefined);
    child.stdin.end(`${JSON.stringify(job)}\n`);
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said = (said + String(chunk)).slice(-2000);
    });
    const ended = once(child, "close");
    let last: Line = {};
    for await (const text of createInterface({ input: child.stdout })) {
      if (!text.startsWith("{")) continue;
      const line = JSON.parse(text) as Line;
      if (line.progress) onProgress(line.progress);
      else last = line;
    }
    await ended;
    signal.removeEventListener("abort", stop);
    if (last.result) return last.result;
    if (signal.aborted)
      throw new PaveError("backup.failed", "It was stopped before its end", { fix: "Ask for it again" });
    const { code, message, fix } = last.error ?? {
      code: "backup.failed" as const,
      message: `The process that made it ended without a word${said ? `: ${said.trim().split("\n").at(-1)}` : ""}`,
      fix: "Ask for it again; if it ends so again, look for what kills it, such as a want of memory",
    };
    throw new PaveError(code, message, fix ? { fix } : {});
  };
