import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { table } from "../output.ts";

export const membersList: Command = {
  name: "members list",
  summary: "list who has which role on the project",
  options: [projectOption],
  examples: ["pave members list"],
  async run(context, _args, options) {
    const project = await projectName(context.folder, text(options.project));
    const data = await (await context.client()).listMembers({ params: { project } });
    return {
      data,
      text: table(
        ["member", "kind", "role"],
        data.items.map(({ principal, role, byGroup }) => [
          principal.name,
          principal.kind,
          byGroup ? `${role} by group` : role,
        ]),
        "No members.",
      ),
    };
  },
};
