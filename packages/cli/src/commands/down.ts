import type { Command } from "../command.ts";
import { dataFolder } from "../connection.ts";
import { exists } from "../local/project-folder.ts";
import { findHolder, findServer, stopLeftovers, stopServer } from "../local/server-process.ts";

export const down: Command = {
  name: "down",
  summary: "stop the platform of this machine, and what a killed one left behind; nothing is lost",
  examples: ["pave down", "pave down && pave up"],
  async run(context) {
    const running = (await findServer()) ?? (await findHolder());
    if (!running && !(await exists(dataFolder()))) return { data: { stopped: false }, text: "No platform runs here." };
    const progress = context.output.progress("Stopping the platform");
    const clean = running ? await stopServer(running) : true;
    const left = await stopLeftovers().finally(() => progress.stop());
    if (running)
      return {
        data: { stopped: true, clean, leftovers: left.stopped },
        text: clean ? "Stopped." : "It did not end in time and was killed. Nothing is lost.",
      };
    return {
      data: { stopped: left.stopped.length > 0, clean: false, leftovers: left.stopped },
      text:
        left.stopped.length > 0
          ? `The server was gone already; stopped what it had left behind: ${left.stopped.join(", ")}.`
          : "No platform runs here.",
    };
  },
};
