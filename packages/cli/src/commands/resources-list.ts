import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { state, table } from "../output.ts";

export const resourcesList: Command = {
  name: "resources list",
  summary: "list what environments provisioned for the project",
  options: [projectOption],
  examples: ["pave resources list"],
  async run(context, _args, options) {
    const project = await projectName(context.folder, text(options.project));
    const data = await (await context.client()).listResources({ params: { project } });
    const rows = data.items.map((item) => [item.environment, item.type, item.name, item.class, state(item.state)]);
    return {
      data,
      text: table(
        ["environment", "type", "name", "class", "state"],
        rows,
        "Nothing yet: the first plan of an environment provisions it.",
      ),
    };
  },
};
