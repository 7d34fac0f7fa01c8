import { type Command, projectOption, text } from "../command.ts";
import { describeAlert } from "../local/describe-monitor.ts";
import { projectName } from "../local/project-folder.ts";
import { runNumber } from "./runs-show.ts";

export const alertsShow: Command = {
  name: "alerts show",
  summary: "show what an alert found, what to do, and who was told",
  arguments: [{ name: "<alert>", help: "number of the alert" }],
  options: [projectOption],
  examples: ["pave alerts show 3"],
  async run(context, [number], options) {
    const project = await projectName(context.folder, text(options.project));
    const data = await (await context.client()).getAlert({ params: { project, alert: runNumber(number) } });
    return { data, text: describeAlert(data) };
  },
};
