import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { ago, state, table } from "../output.ts";

export const monitorsList: Command = {
  name: "monitors list",
  summary: "list what is watched, and how it stands",
  options: [projectOption],
  examples: ["pave monitors list"],
  async run(context, _args, options) {
    const project = await projectName(context.folder, text(options.project));
    const data = await (await context.client()).listMonitors({ params: { project } });
    const rows = data.items.map((item) => [
      `${item.environment}/${item.deployment}`,
      state(item.state),
      item.alerts,
      item.judgedAt === null ? null : ago(item.judgedAt),
      item.window === null ? null : `${item.window.rows}/${item.window.neededRows}`,
      item.reason,
    ]);
    const empty = "Nothing is watched yet. Deploy a model with `pave deploy --to staging`.";
    return { data, text: table(["deployment", "drift", "alerts", "judged", "next rows", "why"], rows, empty) };
  },
};
