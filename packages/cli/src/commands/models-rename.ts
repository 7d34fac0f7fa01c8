import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";

export const modelsRename: Command = {
  name: "models rename",
  summary: "give a model another name; versions, aliases, tags, reviews, comments and past releases go with it",
  arguments: [
    { name: "<model>", help: "its name now" },
    { name: "<name>", help: "the new one, without / and :" },
  ],
  options: [projectOption],
  examples: ["pave models rename flight-delays late-flights"],
  async run(context, [model = "", name = ""], options) {
    const project = await projectName(context.folder, text(options.project));
    const client = await context.client();
    const data = await client.renameModel({ params: { project, model }, body: { name } });
    return {
      data,
      text: `${model} is now ${data.name}. Code that loads models:/${model}/… finds nothing there any more: change it to models:/${data.name}/….`,
    };
  },
};
