import { hostname } from "node:os";
import { text as readAll } from "node:stream/consumers";
import { createClient } from "@pave/contract";
import { CliError, type Command, type CommandContext, exitCodes, type Options, text } from "../command.ts";
import { dataFolder } from "../connection.ts";
import { checkServer } from "../local/check-server.ts";
import {
  type Contexts,
  localContext,
  readContexts,
  type SavedContext,
  withContext,
  writeContexts,
} from "../local/contexts.ts";
import { describeRoles } from "../local/describe-session.ts";
import { loginByBrowser } from "../local/login-by-browser.ts";
import { loginByDevice } from "../local/login-by-device.ts";
import { expiryOf } from "../local/oauth.ts";
import { openBrowser } from "../local/open-browser.ts";
import { reach } from "../local/reach.ts";
import { serverUrl } from "../local/server-url.ts";
import { plainText } from "../plain-text.ts";

export const login: Command = {
  name: "login",
  summary: "sign this terminal in to a server, by its portal in your browser",
  arguments: [{ name: "[url]", help: "address of the portal (default: that of the current context)" }],
  options: [
    { flags: "--device", help: "show a code to type into a browser on another machine" },
    { flags: "--token <->", help: "read a token from standard input: `-`" },
    { flags: "--name <name>", help: "what to call the context (default: the host)" },
    { flags: "--insecure", help: "allow plain http to another machine" },
  ],
  examples: [
    "pave login https://pave.example.com",
    "pave login pave.example.com --device",
    "pave login https://pave.example.com --token -",
  ],
  async run(context, [given], options) {
    const saved = await readContexts(dataFolder());
    const url = serverUrl(given ?? currentUrl(saved), { insecure: options.insecure === true });
    const name = checkContextName(text(options.name) ?? nameOf(saved, url));
    await checkServer(url);
    const before = saved.contexts[name];
    const signedIn = await signIn(url, context, options);
    const client = createClient({
      baseUrl: url,
      token: signedIn.token,
      fetch: (input, init) => reach(url, input, init),
    });
    const [session, { token }] = [await client.session({}), await client.currentToken({})];
    const expiresAt = token?.expiresAt ?? signedIn.expiresAt;
    const now = { url, token: signedIn.token, principal: session.principal.name, ...(expiresAt ? { expiresAt } : {}) };
    await writeContexts(dataFolder(), withContext(await readContexts(dataFolder()), name, now));
    await endEarlier(before, now);
    const until = expiresAt ? `, until ${expiresAt.slice(0, 10)}` : "";
    return {
      data: { url, context: name, principal: session.principal, roles: session.roles, expiresAt: expiresAt ?? null },
      text: `Signed in to ${url} as ${plainText(session.principal.name)}${until}. ${plainText(describeRoles(session))}\nThe context ${name} is the current one: commands go there.`,
    };
  },
};

async function signIn(
  url: string,
  context: CommandContext,
  options: Options,
): Promise<{ readonly token: string; readonly expiresAt?: string }> {
  // a person has to read this, whatever else is asked for
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const shared = { host: plainText(hostname()).slice(0, 100) || "a terminal", signal: context.signal };
  if (options.token !== undefined) return { token: await tokenOfInput(text(options.token)) };
  if (options.device === true) {
    const answer = await loginByDevice(url, {
      ...shared,
      show: ({ page, code }) =>
        say(`Open ${plainText(page)} in a browser, on any machine, and type the code:\n\n    ${plainText(code)}\n`),
    });
    return { token: answer.access_token, expiresAt: expiryOf(answer) };
  }
  const answer = await loginByBrowser(url, {
    ...shared,
    show(link) {
      say(`Say yes in your browser:\n\n    ${link}\n`);
      if (context.output.isTerminal) openBrowser(link);
    },
  });
  return { token: answer.access_token, expiresAt: expiryOf(answer) };
}

/** From standard input alone: what stands in a command line, others on the machine can see. */
async function tokenOfInput(given: string | undefined): Promise<string> {
  if (given !== "-")
    throw new CliError("--token: expected `-`, for standard input: others on this machine can see a command line", {
      fix: "For example: pave login URL --token - < token.txt",
    });
  const token = (await readAll(process.stdin)).trim();
  if (/^pave_[a-z]+_\w+$/.test(token)) return token;
  throw new CliError(
    token === "" ? "There was no token on standard input" : "What came on standard input is no token of Pave",
    {
      fix: "Make one with `pave tokens create`, or in the portal: Settings → Tokens.",
      exitCode: exitCodes.denied,
    },
  );
}

/** A terminal that signs in again needs its earlier token no more; that it cannot be ended is no reason to fail. */
async function endEarlier(before: SavedContext | undefined, now: SavedContext): Promise<void> {
  if (!before?.token || before.token === now.token || before.url !== now.url) return;
  await createClient({ baseUrl: before.url, token: before.token })
    .signOut({}, { signal: AbortSignal.timeout(5_000) })
    .catch(() => undefined);
}

function currentUrl({ current, contexts }: Contexts): string {
  const found = current === undefined ? undefined : contexts[current];
  if (found) return found.url;
  throw new CliError("Sign in to which server?", {
    fix: "For example: pave login https://pave.example.com. This machine's own platform needs no sign-in.",
  });
}

/** The context that is of this server already, else the host. */
function nameOf({ current, contexts }: Contexts, url: string): string {
  if (current !== undefined && contexts[current]?.url === url) return current;
  return (
    Object.keys(contexts).find((name) => contexts[name]?.url === url) ?? new URL(url).host.replaceAll(/[[\]]/g, "")
  );
}

function checkContextName(name: string): string {
  if (name !== localContext && /^[a-zA-Z0-9][a-zA-Z0-9._:-]{0,99}$/.test(name)) return name;
  throw new CliError(
    name === localContext
      ? "--name: `local` is this machine's own platform"
      : `--name ${name}: expected letters, digits, dashes and dots`,
    { fix: "Choose another name." },
  );
}
