import { type Command, projectOption, text } from "../command.ts";
import { alertRow } from "../local/describe-monitor.ts";
import { projectName } from "../local/project-folder.ts";
import { table } from "../output.ts";

export const alertsList: Command = {
  name: "alerts list",
  summary: "list alerts that are not resolved, newest first",
  options: [projectOption, { flags: "--all", help: "resolved ones too" }],
  examples: ["pave alerts list", "pave alerts list --all"],
  async run(context, _args, options) {
    const project = await projectName(context.folder, text(options.project));
    const state = options.all ? "all" : "unresolved";
    const data = await (await context.client()).listAlerts({ params: { project }, query: { state } });
    const empty = options.all ? "There was no alert yet." : "No alerts.";
    return {
      data,
      text: table(["alert", "state", "severity", "what", "seen", "when"], data.items.map(alertRow), empty),
    };
  },
};
