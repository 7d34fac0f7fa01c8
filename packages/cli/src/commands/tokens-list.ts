import { expiresSoon, presetOf, type Token } from "@pave/contract";
import { type Command, text } from "../command.ts";
import { ago, colors, state, table } from "../output.ts";

export const tokensList: Command = {
  name: "tokens list",
  summary: "list tokens that are good (admins see everybody's)",
  options: [
    { flags: "-p, --project <name>", help: "those of this project" },
    { flags: "--all", help: "with those that are over, and those of jobs of CI" },
  ],
  examples: ["pave tokens list", "pave tokens list --project flight-delays --all"],
  async run(context, _args, options) {
    const project = text(options.project);
    const { items } = await (await context.client()).listTokens({
      query: { ...(project ? { project } : {}), exchanged: options.all === true ? "true" : "false" },
    });
    const now = Date.now();
    const shown = items.filter((token) => options.all === true || isGood(token, now));
    const rows = shown.map((token) => [
      token.id.slice(0, 8),
      token.name,
      token.hint,
      token.principal.name,
      token.project,
      token.scopes ? (presetOf(token.scopes) ?? `${token.scopes.length} permissions`) : null,
      until(token, now),
      token.lastUsedAt ? `${ago(token.lastUsedAt)}${token.lastUsedFrom ? ` from ${token.lastUsedFrom}` : ""}` : null,
    ]);
    const head = ["id", "name", "token", "of", "project", "limited to", "until", "used"];
    return { data: { items: shown }, text: table(head, rows, "No tokens.") };
  },
};

const isGood = ({ revokedAt, expiresAt }: Token, now: number): boolean =>
  revokedAt === null && Date.parse(expiresAt) > now;

function until(token: Token, now: number): string {
  if (token.revokedAt) return state("cancelled");
  const day = token.expiresAt.slice(0, 10);
  if (Date.parse(token.expiresAt) <= now) return colors.dim(`${day}, over`);
  if (token.replacedBy) return colors.yellow(`${token.expiresAt.slice(0, 16).replace("T", " ")}, replaced`);
  return expiresSoon(token, now) ? colors.yellow(`${day}, soon`) : day;
}
