import { counted, projectPermissions } from "@pave/contract";
import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { table } from "../output.ts";

export const accessList: Command = {
  name: "access list",
  summary: "list who may do what on the project, and by which role of whom",
  options: [projectOption, { flags: "--action <permission>", help: "only those who may do this" }],
  examples: ["pave access list", "pave access list --project flights --action plan.approve"],
  async run(context, _args, options) {
    const project = await projectName(context.folder, text(options.project));
    const { items } = await (await context.client()).listAccess({ params: { project } });
    const action = text(options.action);
    const found = items.filter(({ permissions }) => action === undefined || permissions.includes(action));
    const all = Object.keys(projectPermissions).length;
    const shown = table(
      ["who", "kind", "role", "may"],
      found.map(({ principal, roles, permissions }) => [
        principal.name,
        principal.kind,
        roles.map(({ role, via }) => (via === "member" ? role : `${role} by ${via}`)).join(", "),
        permissions.length === all ? "everything" : `${permissions.length} of ${counted(all, "permission")}`,
      ]),
      "Nobody.",
    );
    const further =
      "Which: --json, or with why `pave access explain WHO ACTION`; the table of roles is in the docs, access.";
    return { data: { items: found }, text: found.length > 0 ? `${shown}\n\n${further}` : shown };
  },
};
