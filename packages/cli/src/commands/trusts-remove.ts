import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";

export const trustsRemove: Command = {
  name: "trusts remove",
  summary: "trust jobs no longer; tokens that they hold end at once",
  arguments: [{ name: "<id>", help: "id, or its first characters, from `pave trusts list`" }],
  options: [projectOption],
  examples: ["pave trusts remove 0190ab12"],
  async run(context, [id = ""], options) {
    const project = await projectName(context.folder, text(options.project));
    const data = await (await context.client()).removeTrust({ params: { project, trust: id } });
    return { data, text: "Removed; tokens that came of it are revoked." };
  },
};
