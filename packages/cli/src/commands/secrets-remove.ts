import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { environmentOption, of } from "./secrets-set.ts";

export const secretsRemove: Command = {
  name: "secrets remove",
  summary: "remove a secret with all its versions",
  arguments: [{ name: "<name>", help: "name" }],
  options: [projectOption, environmentOption],
  examples: ["pave secrets remove API_TOKEN", "pave secrets remove API_TOKEN -e staging"],
  async run(context, [name = ""], options) {
    const project = await projectName(context.folder, text(options.project));
    const environment = text(options.environment);
    const data = await (await context.client()).removeSecret({
      params: { project, secret: name },
      query: environment ? { environment } : {},
    });
    return { data, text: `Secret ${name}${of(environment ?? null)} is removed.` };
  },
};
