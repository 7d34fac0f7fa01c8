import { type Command, exitCodes, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { environmentOption } from "./secrets-set.ts";

export const connectionsCheck: Command = {
  name: "connections check",
  summary: "prove a connection: reach it, sign in, read one row; ends with 1 when it cannot",
  arguments: [{ name: "<name>", help: "name" }],
  options: [projectOption, environmentOption],
  examples: ["pave connections check warehouse", "pave connections check warehouse -e staging"],
  async run(context, [name = ""], options) {
    const project = await projectName(context.folder, text(options.project));
    const environment = text(options.environment);
    const client = await context.client();
    const progress = context.output.progress(`checking ${name}`);
    const data = await client
      .checkConnection({ params: { project, connection: name }, body: environment ? { environment } : {} })
      .finally(() => progress.stop());
    if (data.ok) return { data, text: `Connection ${name} works: ${data.message}.` };
    const fix = data.fix ? `\nfix: ${data.fix}` : "";
    return { data, text: `Connection ${name} does not work: ${data.message}.${fix}`, exitCode: exitCodes.failed };
  },
};
