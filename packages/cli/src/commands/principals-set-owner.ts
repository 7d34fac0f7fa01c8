import type { Command } from "../command.ts";

export const principalsSetOwner: Command = {
  name: "principals set-owner",
  summary: "give a service account or an agent to a person or a team (platform admins)",
  arguments: [
    { name: "<account>", help: "name" },
    { name: "<owner>", help: "a person or a team" },
  ],
  examples: ["pave principals set-owner ci team-ops"],
  async run(context, [principal = "", owner = ""]) {
    const data = await (await context.client()).setPrincipalOwner({ params: { principal }, body: { owner } });
    return { data, text: `${data.name} belongs to ${data.owner}.` };
  },
};
