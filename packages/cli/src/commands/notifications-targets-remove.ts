import type { Command } from "../command.ts";

export const notificationsTargetsRemove: Command = {
  name: "notifications targets remove",
  summary: "remove a target with its routes; what it was to be sent is given up",
  arguments: [{ name: "<target>", help: "name or id" }],
  examples: ["pave notifications targets remove ops-hook"],
  async run(context, [target = ""]) {
    const data = await (await context.client()).removeNotificationTarget({ params: { target } });
    return { data, text: `Nothing goes to ${target} any more.` };
  },
};
