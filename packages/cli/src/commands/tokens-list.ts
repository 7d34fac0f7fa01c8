import type { Command } from "../command.ts";
import { ago, state, table } from "../output.ts";

export const tokensList: Command = {
  name: "tokens list",
  summary: "list tokens (admins see everybody's)",
  examples: ["pave tokens list"],
  async run(context) {
    const data = await (await context.client()).listTokens();
    const rows = data.items.map((token) => [
      token.id.slice(0, 8),
      token.name,
      token.hint,
      token.principal.name,
      token.project,
      token.revokedAt ? state("cancelled") : token.expiresAt.slice(0, 10),
      ago(token.lastUsedAt),
    ]);
    return { data, text: table(["id", "name", "token", "of", "project", "expires", "used"], rows, "No tokens.") };
  },
};
