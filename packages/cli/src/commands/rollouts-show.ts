import { type Command, projectOption, text } from "../command.ts";
import { describeRollout } from "../local/describe-rollout.ts";
import { findDeployment } from "../local/find-deployment.ts";
import { projectName } from "../local/project-folder.ts";
import { runNumber } from "./runs-show.ts";

export const rolloutsShow: Command = {
  name: "rollouts show",
  summary: "show each step of a rollout with what was seen in it",
  arguments: [
    { name: "<environment>", help: "environment" },
    { name: "<rollout>", help: "number of the rollout" },
  ],
  options: [projectOption, { flags: "--deployment <name>", help: "deployment (default: the only one)" }],
  examples: ["pave rollouts show production 2"],
  async run(context, [environment, number], options) {
    const client = await context.client();
    const project = await projectName(context.folder, text(options.project));
    const found = await findDeployment(client, project, environment ?? "", text(options.deployment));
    const data = await client.getRollout({
      params: {
        project,
        environment: found.environment,
        deployment: found.name,
        rollout: runNumber(number),
      },
    });
    return { data, text: describeRollout(data) };
  },
};
