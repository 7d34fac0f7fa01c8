import { type Command, exitCodes } from "../command.ts";

export const notificationsTargetsTest: Command = {
  name: "notifications targets test",
  summary: "send a message there now, and say what was answered",
  arguments: [{ name: "<target>", help: "name or id" }],
  examples: ["pave notifications targets test ops-hook"],
  async run(context, [target = ""]) {
    const data = await (await context.client()).testNotificationTarget({ params: { target } });
    const status = data.status === null ? "no answer" : `answered ${data.status}`;
    const words = `${target}: ${status} after ${data.milliseconds} ms${data.answer ? `: ${data.answer}` : ""}`;
    return { data, text: words, exitCode: data.ok ? exitCodes.ok : exitCodes.failed };
  },
};
