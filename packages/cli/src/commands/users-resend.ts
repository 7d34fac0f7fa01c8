import type { Command } from "../command.ts";
import { invitationText } from "./users-invite.ts";

export const usersResend: Command = {
  name: "users resend",
  summary: "make a new link for an invitation; the old one is worth nothing then (platform admins)",
  arguments: [{ name: "<email>", help: "address that was invited" }],
  examples: ["pave users resend grace@example.com"],
  async run(context, [email = ""]) {
    const data = await (await context.client()).resendInvitation({ params: { invitation: email } });
    return { data, text: invitationText(data) };
  },
};
