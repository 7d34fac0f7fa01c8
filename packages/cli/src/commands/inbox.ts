import { CliError, type Command, list, text } from "../command.ts";
import { kindsOf } from "../local/notification-words.ts";
import { wholeNumber } from "../local/parse-vars.ts";
import { ago, colors, table } from "../output.ts";

export const inbox: Command = {
  name: "inbox",
  summary: "list what you were told, newest first, or mark it as read",
  options: [
    { flags: "--unread", help: "only what you have not read" },
    { flags: "--kind <kind>", help: "only this kind, such as approval-wanted" },
    { flags: "--limit <n>", help: "how many", fallback: "20" },
    { flags: "--read <id>", help: "mark as read; `all` for all", repeatable: true },
  ],
  examples: ["pave inbox --unread", "pave inbox --kind approval-wanted --json", "pave inbox --read all"],
  async run(context, _args, options) {
    const client = await context.client();
    const read = list(options.read);
    if (read.length > 0) {
      const data = await client.markInbox({ body: read.includes("all") ? {} : { ids: read } });
      if (data.marked === 0 && !read.includes("all"))
        throw new CliError(`Nothing in your inbox has the id ${read.join(", ")}, or it was read before`, {
          fix: "`pave inbox --unread` shows the ids.",
        });
      return { data, text: `${data.marked} marked as read.` };
    }
    const [kind] = kindsOf(text(options.kind) ? [text(options.kind) ?? ""] : []);
    const data = await client.listInbox({
      query: {
        limit: wholeNumber("--limit", options.limit),
        show: options.unread ? "unread" : "all",
        ...(kind === undefined ? {} : { kind }),
      },
    });
    const rows = data.items.map((item) => [
      item.readAt === null ? colors.bold("●") : "",
      item.kind,
      `${item.title}${item.count > 1 ? ` (${item.count} times)` : ""}`,
      item.project ?? "platform",
      ago(item.at),
      item.href,
      item.id,
    ]);
    const empty = options.unread ? "Nothing unread." : "Nothing yet.";
    return { data, text: table(["", "kind", "what", "project", "when", "page", "id"], rows, empty) };
  },
};
