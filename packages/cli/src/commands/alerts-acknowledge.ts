import { type Command, projectOption, text } from "../command.ts";
import { describeAlert } from "../local/describe-monitor.ts";
import { projectName } from "../local/project-folder.ts";
import { runNumber } from "./runs-show.ts";

export const alertsAcknowledge: Command = {
  name: "alerts acknowledge",
  summary: "say that somebody looks at an alert; it resolves by itself",
  arguments: [{ name: "<alert>", help: "number of the alert" }],
  options: [projectOption, { flags: "-m, --message <text>", help: "what is being done" }],
  examples: ["pave alerts acknowledge 3 -m 'the caller sends hours in UTC'"],
  async run(context, [number], options) {
    const project = await projectName(context.folder, text(options.project));
    const params = { project, alert: runNumber(number) };
    const body = { comment: text(options.message) ?? "" };
    const data = await (await context.client()).acknowledgeAlert({ params, body });
    return { data, text: describeAlert(data) };
  },
};
