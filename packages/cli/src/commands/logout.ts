import { ApiError, createClient } from "@pave/contract";
import { CliError, type Command, exitCodes, text } from "../command.ts";
import { dataFolder } from "../connection.ts";
import { getContext, localContext, readContexts, writeContexts } from "../local/contexts.ts";
import { reach } from "../local/reach.ts";

export const logout: Command = {
  name: "logout",
  summary: "sign this terminal out of a server; its token ends there at once",
  arguments: [{ name: "[context]", help: "which (default: the current one)" }],
  examples: ["pave logout", "pave logout pave.example.com"],
  async run(_context, [given], options) {
    const saved = await readContexts(dataFolder());
    const name = given ?? text(options.context) ?? saved.current ?? localContext;
    if (name === localContext)
      throw new CliError("This machine's own platform needs no sign-in, so there is nothing to sign out of", {
        fix: "Name a context of `pave contexts list`; `pave down` stops the platform of this machine.",
      });
    const { url, token, principal } = getContext(saved, name);
    // forgotten first: whatever the server says, it is not used here again
    const contexts = { ...saved.contexts, [name]: { url, ...(principal ? { principal } : {}) } };
    await writeContexts(dataFolder(), { ...saved, contexts });
    if (token) await endToken(url, token);
    return {
      data: { context: name, url, signedOut: token !== undefined },
      text: token ? `Signed out of ${url}.` : `You were signed out of ${url} already.`,
    };
  },
};

async function endToken(url: string, token: string): Promise<void> {
  const client = createClient({ baseUrl: url, token, fetch: (input, init) => reach(url, input, init) });
  await client.signOut({}, { signal: AbortSignal.timeout(15_000) }).catch((error: unknown) => {
    // it had ended already
    if (error instanceof ApiError && error.status === 401) return;
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(`The token is forgotten here, but ${url} could not be told: ${why}`, {
      fix: "Revoke it in the portal when the server is back: Settings → Tokens.",
      exitCode: exitCodes.unreachable,
    });
  });
}
