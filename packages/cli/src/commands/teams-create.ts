import type { Command } from "../command.ts";

export const teamsCreate: Command = {
  name: "teams create",
  summary: "create a team, which projects can belong to (platform admins)",
  arguments: [{ name: "<team>", help: "lower-case name" }],
  examples: ["pave teams create team-ops"],
  async run(context, [team = ""]) {
    const data = await (await context.client()).createPrincipal({ body: { kind: "team", name: team } });
    return { data, text: `Created team ${data.name}. Add people with \`pave teams add ${data.name} NAME\`.` };
  },
};
