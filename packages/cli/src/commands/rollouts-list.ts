import { type Command, projectOption, text } from "../command.ts";
import { findDeployment } from "../local/find-deployment.ts";
import { projectName } from "../local/project-folder.ts";
import { ago, state, table } from "../output.ts";

export const rolloutsList: Command = {
  name: "rollouts list",
  summary: "list how traffic moved to the releases of a deployment, the newest first",
  arguments: [
    { name: "<environment>", help: "environment" },
    { name: "[deployment]", help: "deployment (default: the only one)" },
  ],
  options: [projectOption],
  examples: ["pave rollouts list production"],
  async run(context, [environment, given], options) {
    const client = await context.client();
    const project = await projectName(context.folder, text(options.project));
    const found = await findDeployment(client, project, environment ?? "", given);
    const data = await client.listRollouts({
      params: { project, environment: found.environment, deployment: found.name },
    });
    const rows = data.items.map((rollout) => [
      String(rollout.number),
      rollout.kind,
      state(rollout.state),
      String(rollout.release),
      ago(rollout.startedAt),
      rollout.message ?? "",
    ]);
    return {
      data,
      text: table(["rollout", "kind", "state", "release", "started", ""], rows, "Nothing was released here yet."),
    };
  },
};
