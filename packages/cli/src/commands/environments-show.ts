import type { Command } from "../command.ts";
import { ago, colors } from "../output.ts";

export const environmentsShow: Command = {
  name: "environments show",
  summary: "show the rules of an environment as they were written",
  arguments: [{ name: "<environment>", help: "name of the environment" }],
  examples: ["pave environments show production", "pave environments show production --json"],
  async run(context, [environment]) {
    const data = await (await context.client()).getEnvironment({ params: { environment: environment ?? "" } });
    const head = `${colors.bold(data.name)}  version ${data.version}, ${ago(data.updatedAt)}`;
    return { data, text: `${head}\n${data.source.trimEnd()}` };
  },
};
