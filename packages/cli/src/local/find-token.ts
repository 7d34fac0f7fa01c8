import type { Client, Token } from "@pave/contract";
import { CliError } from "../command.ts";

/** The token of that id; its first characters will do, or a name that only one good token has. */
export async function findToken(client: Client, idOrName: string): Promise<Token> {
  const { items } = await client.listTokens({ query: { exchanged: "true" } });
  const byId = items.filter((token) => token.id.startsWith(idOrName || "-"));
  const isGood = (token: Token) => token.revokedAt === null && Date.parse(token.expiresAt) > Date.now();
  const matches = byId.length > 0 ? byId : items.filter((token) => token.name === idOrName && isGood(token));
  if (matches.length === 1 && matches[0]) return matches[0];
  throw new CliError(
    matches.length === 0 ? `There is no token ${idOrName}` : `${idOrName} stands for ${matches.length} tokens`,
    { fix: "Name it by its id of `pave tokens list`, or by more of it." },
  );
}
