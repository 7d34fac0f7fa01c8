import { type Command, text } from "../command.ts";
import { wholeNumber } from "../local/parse-vars.ts";
import { ago, state, table } from "../output.ts";

export const notificationsLog: Command = {
  name: "notifications log",
  summary: "list what was sent where, with what success, newest first",
  options: [
    { flags: "--target <name>", help: "of this one only" },
    { flags: "--state <state>", help: "waiting, delivered or failed" },
    { flags: "--limit <n>", help: "how many", fallback: "20" },
  ],
  examples: ["pave notifications log", "pave notifications log --target ops-hook --state failed"],
  async run(context, _args, options) {
    const [target, wanted] = [text(options.target), text(options.state)];
    const data = await (await context.client()).listNotificationDeliveries({
      query: {
        limit: wholeNumber("--limit", options.limit),
        ...(target === undefined ? {} : { target }),
        ...(wanted === undefined ? {} : { state: wanted as "failed" }),
      },
    });
    const rows = data.items.map((one) => [
      ago(one.createdAt),
      one.person === null ? one.target : `${one.target} (${one.person.name})`,
      `${one.kind}: ${one.title}${one.count > 1 ? ` (${one.count} times)` : ""}`,
      state(one.state),
      one.attempts,
      one.lastError ?? one.lastStatus ?? "",
      one.nextAt === null ? "" : one.nextAt.slice(0, 16).replace("T", " "),
      one.id,
    ]);
    const head = ["when", "target", "what", "state", "tries", "answer", "next try (UTC)", "id"];
    return { data, text: table(head, rows, "Nothing was sent yet.") };
  },
};
