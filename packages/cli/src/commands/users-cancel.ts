import type { Command } from "../command.ts";

export const usersCancel: Command = {
  name: "users cancel",
  summary: "take an invitation back (platform admins)",
  arguments: [{ name: "<email>", help: "address that was invited" }],
  examples: ["pave users cancel grace@example.com"],
  async run(context, [email = ""]) {
    const data = await (await context.client()).cancelInvitation({ params: { invitation: email } });
    return { data, text: `${email} is not invited any more.` };
  },
};
