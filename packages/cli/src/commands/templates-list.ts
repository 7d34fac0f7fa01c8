import type { Command } from "../command.ts";
import { table } from "../output.ts";

export const templatesList: Command = {
  name: "templates list",
  summary: "list golden paths to start from",
  examples: ["pave templates list"],
  async run(context) {
    const data = await (await context.client()).listTemplates();
    return {
      data,
      text: table(
        ["template", "version", "for"],
        data.items.map((item) => [item.name, item.version, item.summary]),
        "No templates.",
      ),
    };
  },
};
