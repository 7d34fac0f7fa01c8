import { counted } from "@pave/contract";
import { type Command, exitCodes, projectOption, text } from "../command.ts";
import { projectFolder, projectName } from "../local/project-folder.ts";
import { validateFolder } from "../local/push-revision.ts";
import { colors } from "../output.ts";
import { problemLine } from "../render-error.ts";

export const validate: Command = {
  name: "validate",
  summary: "check the whole spec: keys, types, ports, gates, files, locks",
  options: [projectOption],
  examples: ["pave validate", "pave validate --json | jq .problems"],
  async run(context, _args, options) {
    const client = await context.client();
    const folder = await projectFolder(context.folder);
    const project = await projectName(context.folder, text(options.project));
    const result = await validateFolder(client, { project, folder, output: context.output });
    const warnings = result.warnings
      .map((warning) => `\n${colors.yellow("!")} ${problemLine(warning).trimStart()}`)
      .join("");
    if (result.ok) return { data: result, text: `${colors.green("✔")} ${project} is valid${warnings}` };
    const count = counted(result.problems.length, "problem");
    return {
      data: result,
      text: `${colors.red("✖")} ${count}\n${result.problems.map(problemLine).join("\n")}${warnings}`,
      exitCode: exitCodes.failed,
    };
  },
};
