import { CliError, type Command } from "../command.ts";
import { dataFolder } from "../connection.ts";
import { getContext, readContexts, withoutContext, writeContexts } from "../local/contexts.ts";

export const contextsRemove: Command = {
  name: "contexts remove",
  summary: "forget a server; sign out first, so that the token ends there too",
  arguments: [{ name: "<context>", help: "name" }],
  options: [{ flags: "--yes", help: "though it is still signed in" }],
  examples: ["pave logout old.example.com && pave contexts remove old.example.com"],
  async run(_context, [name = ""], options) {
    const saved = await readContexts(dataFolder());
    const { token, url } = getContext(saved, name);
    if (token && options.yes !== true)
      throw new CliError(`You are signed in to ${name}, and its token would stay good at ${url}`, {
        fix: `Call \`pave logout ${name}\` first, or say --yes.`,
      });
    await writeContexts(dataFolder(), withoutContext(saved, name));
    return { data: { removed: name }, text: `Forgot ${name}.` };
  },
};
