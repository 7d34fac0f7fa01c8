import type { Command } from "../command.ts";
import { table } from "../output.ts";

export const environmentsList: Command = {
  name: "environments list",
  summary: "list environments with their rules",
  examples: ["pave environments list"],
  async run(context) {
    const data = await (await context.client()).listEnvironments();
    const rows = data.items.map((item) => [
      item.name,
      item.after,
      item.approvals.quorum === 0
        ? "none"
        : `${item.approvals.quorum} of ${item.approvals.roles.join("/")}${item.approvals.selfApproval ? ", own plans too" : ""}`,
      item.gates.length,
      item.frozen,
    ]);
    return { data, text: table(["environment", "after", "approvals", "gates", "frozen"], rows, "No environments.") };
  },
};
