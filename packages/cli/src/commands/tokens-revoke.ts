import { CliError, type Command } from "../command.ts";

export const tokensRevoke: Command = {
  name: "tokens revoke",
  summary: "revoke a token at once",
  arguments: [{ name: "<id>", help: "id, or its first characters, from `pave tokens list`" }],
  examples: ["pave tokens revoke 0190ab12"],
  async run(context, [id]) {
    const client = await context.client();
    const matches = (await client.listTokens()).items.filter((token) => token.id.startsWith(id ?? "-"));
    if (matches.length !== 1 || !matches[0])
      throw new CliError(`${id}: ${matches.length} tokens match`, {
        fix: "See `pave tokens list --json` for whole ids.",
      });
    const data = await client.revokeToken({ params: { token: matches[0].id } });
    return { data, text: `Revoked ${matches[0].name}.` };
  },
};
