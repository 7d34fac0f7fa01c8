import { type Command, text } from "../command.ts";

export const usersRemove: Command = {
  name: "users remove",
  summary: "remove a person: sessions and tokens end, they cannot sign in again (platform admins)",
  arguments: [{ name: "<person>", help: "name or e-mail address" }],
  options: [
    { flags: "--to <successor>", help: "who takes over what they alone hold" },
    { flags: "--dry-run", help: "only show what would stay behind" },
  ],
  examples: ["pave users remove grace --dry-run", "pave users remove grace --to ada"],
  async run(context, [person = ""], options) {
    const client = await context.client();
    if (options.dryRun === true) {
      const data = await client.leftBehind({ params: { person } });
      return { data, text: behind(data) || "Nothing of theirs needs somebody else." };
    }
    const to = text(options.to);
    const data = await client.removePerson({ params: { person }, body: to === undefined ? {} : { to } });
    const { sessions, tokens } = data.leftBehind;
    const ended = `Removed ${data.person.name}: ${sessions} sessions and ${tokens} tokens ended.`;
    return { data, text: [ended, behind(data.leftBehind)].filter(Boolean).join("\n") };
  },
};

/** What may need somebody else. */
function behind({
  emptyTeams,
  projectsWithoutAdmin,
}: {
  readonly emptyTeams: readonly { readonly team: string; readonly projects: readonly string[] }[];
  readonly projectsWithoutAdmin: readonly string[];
}): string {
  const lines = emptyTeams.map(
    ({ team, projects }) =>
      `Team ${team} has nobody left${projects.length > 0 ? `; it owns ${projects.join(", ")}` : ""}: pave teams add ${team} NAME`,
  );
  for (const project of projectsWithoutAdmin)
    lines.push(`Project ${project} has no admin by role left: pave members set NAME admin -p ${project}`);
  return lines.join("\n");
}
