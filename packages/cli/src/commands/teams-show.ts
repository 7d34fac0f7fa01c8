import { CliError, type Command } from "../command.ts";
import { table } from "../output.ts";

export const teamsShow: Command = {
  name: "teams show",
  summary: "show a team: who is in it and by what, and which projects it owns",
  arguments: [{ name: "<team>", help: "name of the team" }],
  examples: ["pave teams show team-ops"],
  async run(context, [name = ""]) {
    const client = await context.client();
    const { items } = await client.listTeams();
    const team = items.find((one) => one.name === name);
    if (!team)
      throw new CliError(`There is no team ${name}`, {
        fix: `Known: ${items.map((one) => one.name).join(", ") || "none; `pave teams create` makes one"}.`,
      });
    const projects = (await client.listProjects()).items.filter(({ owner }) => owner === name).map((one) => one.name);
    const rows = team.members.map((one) => [
      one.name,
      one.kind,
      one.byGroup ? "by a group of the provider" : "by hand",
    ]);
    return {
      data: { ...team, projects },
      text: [
        table(["member", "kind", ""], rows, `Nobody. Add somebody with \`pave teams add ${name} NAME\`.`),
        projects.length > 0 ? `Owns ${projects.join(", ")}.` : "Owns no project that you may see.",
      ].join("\n\n"),
    };
  },
};
