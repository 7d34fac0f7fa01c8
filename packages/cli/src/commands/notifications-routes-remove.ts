import type { Command } from "../command.ts";

export const notificationsRoutesRemove: Command = {
  name: "notifications routes remove",
  summary: "send there no longer",
  arguments: [{ name: "<route>", help: "id, which `pave notifications routes list` shows" }],
  examples: ["pave notifications routes remove 01a2292c-d11b-7306-b9ed-f25b84492cbf"],
  async run(context, [route = ""]) {
    const data = await (await context.client()).removeNotificationRoute({ params: { route } });
    return { data, text: "The route is gone." };
  },
};
