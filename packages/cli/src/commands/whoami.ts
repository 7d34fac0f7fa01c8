import type { Command } from "../command.ts";
import { checkServer } from "../local/check-server.ts";
import { describeRoles } from "../local/describe-session.ts";
import { facts } from "../output.ts";

export const whoami: Command = {
  name: "whoami",
  summary: "who you are, where, how, until when, and what you may",
  examples: ["pave whoami", "pave whoami --context pave.example.com"],
  async run(context) {
    const { url, how, context: name } = await context.connection();
    const client = await context.client();
    const version = await checkServer(url);
    const [session, { token }] = [await client.session({}), await client.currentToken({})];
    const { principal, teams, roles, platformAdmin } = session;
    return {
      data: { url, version, context: name ?? null, how, principal, platformAdmin, teams, roles, token },
      text: facts([
        ["who", `${principal.name}${principal.kind === "user" ? "" : `, ${principal.kind.replace("-", " ")}`}`],
        ["where", `${url}, Pave ${version}`],
        ["how", how],
        ["token", token ? `${token.name} (${token.hint})` : null],
        ["until", token?.expiresAt ?? null],
        ["limited to", limits(token)],
        ["teams", teams.join(", ") || "none"],
        ["roles", describeRoles(session)],
      ]),
    };
  },
};

function limits(token: { readonly project: string | null; readonly scopes: readonly string[] | null } | null): string {
  if (!token || (token.project === null && token.scopes === null)) return "nothing less than your roles";
  return [token.project === null ? "" : `the project ${token.project}`, token.scopes?.join(" ") ?? ""]
    .filter(Boolean)
    .join(": ");
}
