import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { describeRun } from "../local/wait-for-run.ts";
import { runNumber } from "./runs-show.ts";

export const runsRetry: Command = {
  name: "runs retry",
  summary: "run the failed and skipped steps of a run again",
  arguments: [{ name: "<run>", help: "number of the run" }],
  options: [projectOption],
  examples: ["pave runs retry 12"],
  async run(context, [number], options) {
    const project = await projectName(context.folder, text(options.project));
    const run = await (await context.client()).retryRun({ params: { project, run: runNumber(number) } });
    return { data: run, text: describeRun(run) };
  },
};
