import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { state, table } from "../output.ts";

export const deploymentsList: Command = {
  name: "deployments list",
  summary: "list deployments with their health and traffic",
  options: [projectOption],
  examples: ["pave deployments list"],
  async run(context, _args, options) {
    const project = await projectName(context.folder, text(options.project));
    const data = await (await context.client()).listDeployments({ params: { project } });
    const rows = data.items.map((item) => [
      `${item.environment}/${item.name}`,
      state(item.health),
      item.active ? `${item.active.model} ${item.active.modelVersion}` : null,
      item.now.requestsPerMinute.toFixed(1),
      item.now.p99Ms?.toFixed(1) ?? null,
      item.healthReason,
    ]);
    return {
      data,
      text: table(
        ["deployment", "health", "model", "requests/min", "p99 ms", "why"],
        rows,
        "No deployments yet. Make one with `pave deploy --to staging`.",
      ),
    };
  },
};
