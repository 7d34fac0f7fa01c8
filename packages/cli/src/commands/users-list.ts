import type { Command } from "../command.ts";
import { ago, table } from "../output.ts";

export const usersList: Command = {
  name: "users list",
  summary: "list people, how they sign in, when they were last here, and who is invited (platform admins)",
  options: [{ flags: "--all", help: "those who were removed too" }],
  examples: ["pave users list"],
  async run(context, _arguments, options) {
    const client = await context.client();
    const [people, invitations] = [(await client.listPeople()).items, (await client.listInvitations()).items];
    const shown = people.filter(({ disabledAt }) => options.all === true || disabledAt === null);
    const rows = shown.map((person) => [
      person.name,
      person.email,
      person.disabledAt ? "removed" : person.platformAdmin ? "platform admin" : "",
      person.teams.join(", "),
      person.signsInBy.join(", "),
      person.lastSeenAt ? ago(person.lastSeenAt) : "never",
    ]);
    const invited = invitations.map(({ email, name, isExpired, expiresAt }) => [
      email,
      name,
      isExpired ? `expired ${expiresAt.slice(0, 10)}` : `until ${expiresAt.slice(0, 10)}`,
    ]);
    const parts = [table(["name", "e-mail", "", "teams", "signs in by", "last seen"], rows, "Nobody.")];
    if (invited.length > 0) parts.push(table(["invited", "as", ""], invited, ""));
    return { data: { people: shown, invitations }, text: parts.join("\n\n") };
  },
};
