import { type Command, text } from "../command.ts";
import { openBrowser } from "../local/open-browser.ts";

export const open: Command = {
  name: "open",
  summary: "open the portal, signed in by a one-time link",
  options: [
    { flags: "--print", help: "only print the link" },
    { flags: "--principal <name>", help: "a link for somebody else (platform admins)" },
  ],
  examples: ["pave open", "pave open --print"],
  async run(context, _args, options) {
    const principal = text(options.principal);
    const data = await (await context.client()).createSignInLink({ body: principal ? { principal } : {} });
    if (options.print !== true && !principal && context.output.isTerminal) openBrowser(data.url);
    return { data, text: `${data.url}\nWorks once, until ${data.expiresAt.slice(11, 16)} UTC.` };
  },
};
