import { type Command, type CommandContext, text } from "../command.ts";
import { table } from "../output.ts";

export const usersRemove: Command = {
  name: "users remove",
  summary: "remove a person: sessions and tokens end, they cannot sign in again (platform admins)",
  arguments: [{ name: "<person>", help: "name or e-mail address" }],
  options: [
    { flags: "--to <successor>", help: "who takes over what they alone hold" },
    { flags: "--dry-run", help: "only list what they alone hold" },
  ],
  examples: ["pave users remove grace --dry-run", "pave users remove grace --to ada"],
  async run(context, [person = ""], options) {
    const client = await context.client();
    if (options.dryRun === true) return listHeld(client, person);
    const to = text(options.to);
    const data = await client.removePerson({ params: { person }, body: to === undefined ? {} : { to } });
    const { sessions, tokens } = data.ended;
    return { data, text: `Removed ${data.person.name}: ${sessions} sessions and ${tokens} tokens ended.` };
  },
};

type Client = Awaited<ReturnType<CommandContext["client"]>>;

/** People are known by their e-mail addresses, too; principals by name. */
async function listHeld(client: Client, person: string) {
  const { items } = await client.listPeople();
  const found = items.find(({ name, email }) => name === person || email?.toLowerCase() === person.toLowerCase());
  const data = await client.listHoldings({ params: { principal: found?.name ?? person } });
  const rows = data.items.map(({ name, becomes }) => [name, becomes]);
  return { data, text: table(["what", "with --to"], rows, "Nothing of theirs needs somebody else.") };
}
