import { join } from "node:path";
import { rotateLog } from "../drivers/process/rotate-log.ts";
import type { Logger } from "../kernel/logger.ts";
import { messageOf } from "../kernel/pave-error.ts";

const everyMs = 60_000;

/** The logs of this process and its children: at most 10 MB each and three older ones, looked at now and every minute. */
export function keepLogsShort(folder: string, log: Logger): { stop(): void } {
  const look = async () => {
    for (const name of ["server.log", "gateway.log", "runner.log"])
      await rotateLog(join(folder, name)).catch((error: unknown) =>
        log.warn({ error: messageOf(error), name }, "a log could not be put aside"),
      );
  };
  void look();
  const looking = setInterval(look, everyMs);
  return { stop: () => clearInterval(looking) };
}
