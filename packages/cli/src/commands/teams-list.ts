import type { Command } from "../command.ts";
import { table } from "../output.ts";

export const teamsList: Command = {
  name: "teams list",
  summary: "list teams with their members",
  examples: ["pave teams list"],
  async run(context) {
    const data = await (await context.client()).listTeams();
    const rows = data.items.map(({ name, members }) => [name, members.map((member) => member.name).join(", ")]);
    return { data, text: table(["team", "members"], rows, "No teams. Make one with `pave teams create NAME`.") };
  },
};
