import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { environmentOption, of } from "./secrets-set.ts";

export const connectionsRemove: Command = {
  name: "connections remove",
  summary: "remove a connection with its password; what was read through it stays",
  arguments: [{ name: "<name>", help: "name" }],
  options: [projectOption, environmentOption],
  examples: ["pave connections remove warehouse", "pave connections remove warehouse -e staging"],
  async run(context, [name = ""], options) {
    const project = await projectName(context.folder, text(options.project));
    const environment = text(options.environment);
    const data = await (await context.client()).removeConnection({
      params: { project, connection: name },
      query: environment ? { environment } : {},
    });
    return { data, text: `Connection ${name}${of(environment ?? null)} is removed.` };
  },
};
