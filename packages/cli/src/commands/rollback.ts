import { CliError, type Command, projectOption, text } from "../command.ts";
import { describeDeployment } from "../local/describe-deployment.ts";
import { findDeployment } from "../local/find-deployment.ts";
import { projectName } from "../local/project-folder.ts";

export const rollback: Command = {
  name: "rollback",
  summary: "go back to the release before, at once",
  arguments: [
    { name: "<environment>", help: "environment" },
    { name: "[deployment]", help: "deployment (default: the only one)" },
  ],
  options: [
    projectOption,
    { flags: "--to <release>", help: "an earlier release by number" },
    { flags: "-m, --message <text>", help: "why" },
  ],
  examples: ["pave rollback production -m 'too many false alarms'"],
  async run(context, [environment, given], options) {
    const client = await context.client();
    const project = await projectName(context.folder, text(options.project));
    const found = await findDeployment(client, project, environment ?? "", given);
    const to = text(options.to);
    if (to !== undefined && !/^\d+$/.test(to))
      throw new CliError(`--to ${to}: expected the number of a release`, {
        fix: `See them with \`pave deployments show ${environment}\`.`,
      });
    const detail = await client.rollbackDeployment({
      params: { project, environment: found.environment, deployment: found.name },
      body: { reason: text(options.message) ?? "", ...(to ? { toRelease: Number(to) } : {}) },
    });
    return { data: detail, text: describeDeployment(detail) };
  },
};
