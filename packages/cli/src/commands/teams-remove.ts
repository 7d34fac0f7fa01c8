import type { Command } from "../command.ts";

export const teamsRemove: Command = {
  name: "teams remove",
  summary: "take a principal out of a team, and with it the team's roles (platform admins)",
  arguments: [
    { name: "<team>", help: "name of the team" },
    { name: "<principal>", help: "name" },
  ],
  examples: ["pave teams remove team-ops grace"],
  async run(context, [team = "", principal = ""]) {
    const data = await (await context.client()).removeTeamMember({ params: { team, principal } });
    return { data, text: `${principal} is no member of ${team} any more.` };
  },
};
