import type { Command } from "../command.ts";

export const projectsSetOwner: Command = {
  name: "projects set-owner",
  summary: "give a project to another team, whose members become its developers",
  arguments: [
    { name: "<project>", help: "name" },
    { name: "<team>", help: "one of `pave teams list`" },
  ],
  examples: ["pave projects set-owner flight-delays team-ops"],
  async run(context, [project = "", owner = ""]) {
    const data = await (await context.client()).setProjectOwner({ params: { project }, body: { owner } });
    return { data, text: `${data.name} belongs to ${data.owner}.` };
  },
};
