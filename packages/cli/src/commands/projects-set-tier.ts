import type { Tier } from "@pave/contract";
import type { Command } from "../command.ts";

export const projectsSetTier: Command = {
  name: "projects set-tier",
  summary: "give a project a tier, also a lower one, which a push cannot",
  arguments: [
    { name: "<project>", help: "name" },
    { name: "<tier>", help: "experimental, internal or critical" },
  ],
  examples: ["pave projects set-tier flight-delays internal"],
  async run(context, [project, tier]) {
    const client = await context.client();
    const data = await client.setProjectTier({ params: { project: project ?? "" }, body: { tier: tier as Tier } });
    return { data, text: `${data.name} is ${data.tier}.` };
  },
};
