import type { Command } from "../command.ts";
import { dataFolder } from "../connection.ts";
import { getContext, localContext, readContexts, writeContexts } from "../local/contexts.ts";

export const contextsUse: Command = {
  name: "contexts use",
  summary: "make commands go to another server from now on",
  arguments: [{ name: "<context>", help: "name; `local` is this machine's own platform" }],
  examples: ["pave contexts use pave.example.com", "pave contexts use local"],
  async run(_context, [name = ""]) {
    const saved = await readContexts(dataFolder());
    if (name !== localContext) getContext(saved, name);
    await writeContexts(dataFolder(), { ...saved, current: name });
    return { data: { current: name }, text: `Commands go to ${name}.` };
  },
};
