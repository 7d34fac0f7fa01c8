import type { Command } from "../command.ts";
import { table } from "../output.ts";

export const usersHandOver: Command = {
  name: "users hand-over",
  summary: "hand what somebody alone holds to another (platform admins); also from team to team",
  arguments: [
    { name: "<from>", help: "who leaves" },
    { name: "<to>", help: "who takes over" },
  ],
  options: [{ flags: "--dry-run", help: "only list what it would be" }],
  examples: ["pave users hand-over grace ada --dry-run", "pave users hand-over grace ada"],
  async run(context, [from = "", to = ""], options) {
    const client = await context.client();
    const params = { principal: from };
    const isDry = options.dryRun === true;
    const data = isDry ? await client.listHoldings({ params }) : await client.handOver({ params, body: { to } });
    const what = table(
      ["what", isDry ? "becomes" : "is now"],
      data.items.map(({ name, becomes }) => [name, becomes]),
      `${from} holds nothing alone.`,
    );
    return { data, text: isDry || data.items.length === 0 ? what : `${what}\n${to} took over from ${from}.` };
  },
};
