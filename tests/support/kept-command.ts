import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { Started } from "./commands.ts";

/** A command that is started again whenever it ends, as a process manager does. */
export interface KeptCommand {
  /** Of the process that the command runs as its child; undefined while there is none. */
  pid(): Promise<number | undefined>;
  /** How often it was started. */
  starts(): number;
  stop(): Promise<void>;
}

/** Keeps it until `stop`. What it says goes to the file. */
export function keepCommand(start: () => Started, logFile: string): KeptCommand {
  const stopping = new AbortController();
  let current: Started | undefined;
  let starts = 0;
  const keep = async () => {
    for (let failures = 0; !stopping.signal.aborted; failures += 1) {
      const began = performance.now();
      const log = createWriteStream(logFile, { flags: "a", mode: 0o600 });
      current = start();
      starts += 1;
      current.child.stdout?.pipe(log, { end: false });
      current.child.stderr?.pipe(log, { end: false });
      await current.ended;
      log.end();
      if (performance.now() - began > 10_000) failures = 0;
      await delay(Math.min(100 * 2 ** failures, 2_000), undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const kept = keep();
  return {
    async pid() {
      const parent = current?.child.pid;
      const children = await readFile(`/proc/${parent}/task/${parent}/children`, "utf8").catch(() => "");
      return Number(children.trim().split(" ")[0]) || undefined;
    },
    starts: () => starts,
    async stop() {
      stopping.abort();
      const group = -(current?.child.pid ?? 0);
      current?.child.kill("SIGTERM");
      const late = setTimeout(() => group < 0 && process.kill(group, "SIGKILL"), 20_000);
      await kept;
      clearTimeout(late);
    },
  };
}
