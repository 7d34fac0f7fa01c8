import { type Command, projectOption, text } from "../command.ts";
import { describeDeployment } from "../local/describe-deployment.ts";
import { findDeployment } from "../local/find-deployment.ts";
import { projectName } from "../local/project-folder.ts";

export const deploymentsShow: Command = {
  name: "deployments show",
  summary: "show a deployment: health, releases, how to call it",
  arguments: [
    { name: "<environment>", help: "environment" },
    { name: "[deployment]", help: "deployment (default: the only one)" },
  ],
  options: [projectOption],
  examples: ["pave deployments show production"],
  async run(context, [environment, given], options) {
    const client = await context.client();
    const project = await projectName(context.folder, text(options.project));
    const found = await findDeployment(client, project, environment ?? "", given);
    const detail = await client.getDeployment({
      params: { project, environment: found.environment, deployment: found.name },
    });
    const { rollout } = detail;
    const params = { project, environment: found.environment, deployment: found.name };
    const last = rollout && (await client.getRollout({ params: { ...params, rollout: rollout.number } }));
    return { data: detail, text: describeDeployment(detail, last ?? undefined) };
  },
};
