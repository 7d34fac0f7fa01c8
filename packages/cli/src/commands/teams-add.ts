import type { Command } from "../command.ts";

export const teamsAdd: Command = {
  name: "teams add",
  summary: "add a principal to a team, whose roles it then has (platform admins)",
  arguments: [
    { name: "<team>", help: "name of the team" },
    { name: "<principal>", help: "name" },
  ],
  examples: ["pave teams add team-ops grace"],
  async run(context, [team = "", principal = ""]) {
    const data = await (await context.client()).addTeamMember({ params: { team, principal } });
    return { data, text: `${principal} is a member of ${team}.` };
  },
};
