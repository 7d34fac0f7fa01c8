import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";

export const membersSet: Command = {
  name: "members set",
  summary: "give a principal a role on the project",
  arguments: [
    { name: "<principal>", help: "name" },
    { name: "<role>", help: "viewer, developer, reviewer or admin" },
  ],
  options: [projectOption],
  examples: ["pave members set grace reviewer"],
  async run(context, [principal, role], options) {
    const project = await projectName(context.folder, text(options.project));
    const data = await (await context.client()).setMember({
      params: { project, principal: principal ?? "" },
      body: { role: role as "viewer" },
    });
    return { data, text: `${data.principal.name} is ${data.role} of ${project}.` };
  },
};
