import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { describeRun } from "../local/wait-for-run.ts";
import { runNumber } from "./runs-show.ts";

export const runsCancel: Command = {
  name: "runs cancel",
  summary: "cancel a run: running steps are stopped",
  arguments: [{ name: "<run>", help: "number of the run" }],
  options: [projectOption],
  examples: ["pave runs cancel 12"],
  async run(context, [number], options) {
    const project = await projectName(context.folder, text(options.project));
    const run = await (await context.client()).cancelRun({ params: { project, run: runNumber(number) } });
    return { data: run, text: describeRun(run) };
  },
};
