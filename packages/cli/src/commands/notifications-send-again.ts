import type { Command } from "../command.ts";

export const notificationsSendAgain: Command = {
  name: "notifications send-again",
  summary: "send a message again, under the same id",
  arguments: [{ name: "<delivery>", help: "id, which `pave notifications log` shows" }],
  examples: ["pave notifications send-again 01a2292c-d11b-7306-b9ed-f25b84492cbf"],
  async run(context, [delivery = ""]) {
    const data = await (await context.client()).sendNotificationAgain({ params: { delivery } });
    return { data, text: "It is sent again; `pave notifications log` says how it went." };
  },
};
