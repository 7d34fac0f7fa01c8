import type { Command } from "../command.ts";
import { ago, table } from "../output.ts";

export const principalsList: Command = {
  name: "principals list",
  summary: "list people, teams, service accounts and agents",
  examples: ["pave principals list"],
  async run(context) {
    const data = await (await context.client()).listPrincipals();
    const rows = data.items.map((item) => [
      item.name,
      item.kind,
      item.platformAdmin ? "platform admin" : "",
      item.owner ?? "",
      item.disabledAt ? "disabled" : "",
      ago(item.createdAt),
    ]);
    return { data, text: table(["name", "kind", "", "owner", "", "since"], rows, "Nobody.") };
  },
};
