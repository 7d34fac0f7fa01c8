import type { Command } from "../command.ts";
import { dataFolder, localClient } from "../connection.ts";
import { localContext, readContexts, type SavedContext } from "../local/contexts.ts";
import { table } from "../output.ts";

export const contextsList: Command = {
  name: "contexts list",
  summary: "servers that this terminal knows",
  examples: ["pave contexts list"],
  async run() {
    const { current, contexts } = await readContexts(dataFolder());
    const local = await localClient();
    const used = current !== undefined && contexts[current] ? current : localContext;
    const items = [
      ...(local ? [{ name: localContext, url: local.url, principal: null, state: "this machine's own" }] : []),
      ...Object.entries(contexts).map(([name, saved]) => ({
        name,
        url: saved.url,
        principal: saved.principal ?? null,
        state: stateOf(saved),
      })),
    ].map((item) => ({ ...item, current: item.name === used }));
    const rows = items.map((item) => [item.current ? "*" : "", item.name, item.url, item.principal, item.state]);
    return {
      data: { items },
      text: table(
        ["", "context", "server", "as", ""],
        rows,
        "None. `pave up` starts one here; `pave login URL` signs in to one.",
      ),
    };
  },
};

function stateOf({ token, expiresAt }: SavedContext): string {
  if (!token) return "signed out";
  if (expiresAt && Date.parse(expiresAt) <= Date.now()) return `ended ${expiresAt.slice(0, 10)}`;
  return expiresAt ? `until ${expiresAt.slice(0, 10)}` : "signed in";
}
