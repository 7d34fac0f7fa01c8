import type { Command } from "../command.ts";
import { findToken } from "../local/find-token.ts";

export const tokensRevoke: Command = {
  name: "tokens revoke",
  summary: "revoke a token at once",
  arguments: [{ name: "<id>", help: "id, or its first characters, from `pave tokens list`" }],
  examples: ["pave tokens revoke 0190ab12"],
  async run(context, [id]) {
    const client = await context.client();
    const token = await findToken(client, id ?? "");
    const data = await client.revokeToken({ params: { token: token.id } });
    return { data, text: `Revoked ${token.name}.` };
  },
};
