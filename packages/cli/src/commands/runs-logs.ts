import { setTimeout as delay } from "node:timers/promises";
import { CliError, type Command, projectOption, text } from "../command.ts";
import { wholeNumber } from "../local/parse-vars.ts";
import { projectName } from "../local/project-folder.ts";
import { keepsColors } from "../output.ts";
import { logWriter } from "../plain-text.ts";
import { runNumber } from "./runs-show.ts";

export const runsLogs: Command = {
  name: "runs logs",
  summary: "print the log of a step",
  arguments: [
    { name: "<run>", help: "number of the run" },
    { name: "[step]", help: "step (default: the failed one, else the last that wrote one)" },
  ],
  options: [
    projectOption,
    { flags: "-f, --follow", help: "go on until the step ends" },
    { flags: "--attempt <n>", help: "which attempt (default: the last)" },
  ],
  examples: ["pave runs logs 12 train", "pave runs logs 12 train --follow"],
  async run(context, [number, given], options) {
    const client = await context.client();
    const project = await projectName(context.folder, text(options.project));
    const params = { project, run: runNumber(number) };
    const run = await client.getRun({ params });
    const step =
      given ??
      (
        run.graph.find((step) => step.state === "failed") ??
        // registering a model is an attempt without a program, so it has no log
        run.graph.filter((step) => step.kind === "command" && step.attempts.length > 0).at(-1)
      )?.name;
    if (!step)
      throw new CliError(`Run ${run.number} has no step with a log yet`, {
        fix: `See how far it is: pave runs show ${run.number}`,
      });
    const attempt = text(options.attempt);
    const chunks = [];
    const colors = keepsColors();
    const write = logWriter((text) => void process.stdout.write(text), { colors });
    for (let after = 0; ; ) {
      const logs = await client.getLogs({
        params: { ...params, step },
        query: { after, ...(attempt ? { attempt: wholeNumber("--attempt", attempt) } : {}) },
      });
      for (const chunk of logs.chunks) if (!context.json) write(chunk.text);
      chunks.push(...logs.chunks);
      const moved = logs.next > after;
      after = logs.next;
      if (!moved && (logs.finished || options.follow !== true)) break;
      if (!moved) await delay(500);
      if (context.signal.aborted) break;
    }
    if (colors && !context.json) process.stdout.write(resetColors);
    if (chunks.length === 0) context.output.note(`Step ${step} of run ${run.number} has written nothing.`);
    return { data: chunks, text: "" };
  },
};

/** A step that died in the middle of a colour leaves none behind. */
const resetColors = "\u001b[0m";
