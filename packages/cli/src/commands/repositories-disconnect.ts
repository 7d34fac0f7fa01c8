import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";

export const repositoriesDisconnect: Command = {
  name: "repositories disconnect",
  summary: "forget the git repository: its pushes do nothing any more",
  options: [projectOption],
  examples: ["pave repositories disconnect"],
  async run(context, _args, options) {
    const project = await projectName(context.folder, text(options.project));
    const data = await (await context.client()).disconnectRepository({ params: { project } });
    return { data, text: `Pushes do nothing for ${project} any more. Remove the webhook at its host too.` };
  },
};
