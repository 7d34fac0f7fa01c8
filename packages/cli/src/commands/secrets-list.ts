import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { ago, table } from "../output.ts";

export const secretsList: Command = {
  name: "secrets list",
  summary: "list secrets: names, who set them, when they were used; never values",
  options: [projectOption],
  examples: ["pave secrets list"],
  async run(context, _arguments, options) {
    const project = await projectName(context.folder, text(options.project));
    const data = await (await context.client()).listSecrets({ params: { project } });
    const rows = data.items.map((secret) => [
      secret.name,
      secret.environment ?? "any",
      `v${secret.version}`,
      secret.updatedBy.name,
      ago(secret.updatedAt),
      ago(secret.lastUsedAt),
      secret.lastUsedRun === null ? null : `#${secret.lastUsedRun}`,
    ]);
    const heads = ["name", "environment", "version", "set by", "set", "used", "by run"];
    return { data, text: table(heads, rows, "No secrets: pave secrets set NAME < file") };
  },
};
