import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";

export const membersRemove: Command = {
  name: "members remove",
  summary: "take a principal's role on the project away",
  arguments: [{ name: "<principal>", help: "name" }],
  options: [projectOption],
  examples: ["pave members remove grace"],
  async run(context, [principal], options) {
    const project = await projectName(context.folder, text(options.project));
    const data = await (await context.client()).removeMember({ params: { project, principal: principal ?? "" } });
    return { data, text: `${principal} has no role on ${project} any more.` };
  },
};
