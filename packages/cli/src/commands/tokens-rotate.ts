import { CliError, type Command, text } from "../command.ts";
import { findToken } from "../local/find-token.ts";
import { wholeNumber } from "../local/parse-vars.ts";

const minutes: Readonly<Record<string, number>> = { m: 1, h: 60, d: 24 * 60 };

export const tokensRotate: Command = {
  name: "tokens rotate",
  summary: "make a token in the place of another, which ends after the overlap; it is shown once",
  arguments: [{ name: "<id>", help: "id, its first characters, or the name" }],
  options: [
    {
      flags: "--overlap <time>",
      help: "how long the old one stays good: 30m, 24h, 7d; 0 ends it now",
      fallback: "24h",
    },
    { flags: "--days <n>", help: "days until the new one expires (default: as long as the old one was made for)" },
  ],
  examples: ["pave tokens rotate 0190ab12", "pave tokens rotate ci --overlap 0"],
  async run(context, [id], options) {
    const client = await context.client();
    const old = await findToken(client, id ?? "");
    const data = await client.rotateToken({
      params: { token: old.id },
      body: {
        overlapMinutes: overlapOf(text(options.overlap) ?? "24h"),
        ...(options.days === undefined ? {} : { expiresInDays: wholeNumber("--days", options.days) }),
      },
    });
    return {
      data,
      text: `${data.token}\nIt is not shown again. Expires ${data.record.expiresAt.slice(0, 10)}. The old one (${old.hint}) ends ${data.old.expiresAt.slice(0, 16).replace("T", " ")} UTC.`,
    };
  },
};

function overlapOf(given: string): number {
  const [, count = "", unit = ""] = /^(\d+)([mhd]?)$/.exec(given.trim()) ?? [];
  const perUnit = minutes[unit];
  if (count === "0") return 0;
  if (count !== "" && perUnit !== undefined) return Number(count) * perUnit;
  throw new CliError(`--overlap ${given}: expected a time`, { fix: "For example: --overlap 24h" });
}
