import { type Command, projectOption, text } from "../command.ts";
import { describeMonitor } from "../local/describe-monitor.ts";
import { findDeployment } from "../local/find-deployment.ts";
import { projectName } from "../local/project-folder.ts";

export const monitorsShow: Command = {
  name: "monitors show",
  summary: "show drift of a deployment's inputs and predictions, column by column",
  arguments: [
    { name: "<environment>", help: "environment" },
    { name: "[deployment]", help: "deployment (default: the only one)" },
  ],
  options: [projectOption],
  examples: ["pave monitors show production"],
  async run(context, [environment, given], options) {
    const client = await context.client();
    const project = await projectName(context.folder, text(options.project));
    const found = await findDeployment(client, project, environment ?? "", given);
    const data = await client.getMonitor({
      params: { project, environment: found.environment, deployment: found.name },
    });
    return { data, text: describeMonitor(data) };
  },
};
