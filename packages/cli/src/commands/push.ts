import { counted } from "@pave/contract";
import { type Command, projectOption, text } from "../command.ts";
import { projectFolder, projectName } from "../local/project-folder.ts";
import { pushRevision } from "../local/push-revision.ts";

export const push: Command = {
  name: "push",
  summary: "push a snapshot of this folder as a revision",
  options: [projectOption, { flags: "-m, --message <text>", help: "what changed" }],
  examples: ["pave push -m 'more iterations'"],
  async run(context, _args, options) {
    const client = await context.client();
    const folder = await projectFolder(context.folder);
    const project = await projectName(context.folder, text(options.project));
    const revision = await pushRevision(client, {
      project,
      folder,
      message: text(options.message) ?? "",
      output: context.output,
    });
    return {
      data: revision,
      text: `Revision ${revision.number} of ${project}: ${counted(revision.files, "file")}, ${revision.digest.slice(7, 19)}`,
    };
  },
};
