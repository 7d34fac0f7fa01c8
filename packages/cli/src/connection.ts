import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type Client, createClient } from "@pave/contract";
import { CliError, exitCodes } from "./command.ts";
import { environment } from "./environment.ts";
import { getContext, localContext, readContexts, type SavedContext } from "./local/contexts.ts";
import { isJob, jobToken } from "./local/job-token.ts";
import { reach } from "./local/reach.ts";

export const dataFolder = (): string => resolve(environment().PAVE_HOME || join(homedir(), ".pave"));

export interface Asked {
  /** `--context`. */
  readonly context?: string | undefined;
  /** The project that a job of CI acts in, where it is one. */
  project?(): Promise<string | undefined>;
}

export interface Connection {
  readonly url: string;
  readonly token: string | undefined;
  /** How it was found, in words. */
  readonly how: string;
  /** The context that it is of; undefined where it is none. */
  readonly context?: string;
  /** When the token ends, where that is known here. */
  readonly expiresAt?: string | undefined;
  /** Gets another token before this one ends. */
  renew?(): Promise<{ readonly token: string; readonly expiresAt: string }>;
}

/**
 * Which platform, and as whom: `--context`, else PAVE_URL and PAVE_TOKEN, else PAVE_CONTEXT, else the context that was
 * last used, else what `pave up` on this machine left in its data folder. A job of CI with a PAVE_URL and no token gets
 * one for the token of its CI.
 */
export async function findConnection(asked: Asked = {}): Promise<Connection> {
  const { PAVE_URL, PAVE_CONTEXT } = environment();
  const saved = await readContexts(dataFolder());
  const named = asked.context ?? (PAVE_URL ? undefined : PAVE_CONTEXT || undefined);
  if (named !== undefined) return ofContext(named, named === localContext ? undefined : getContext(saved, named));
  if (PAVE_URL) return ofEnvironment(PAVE_URL.replace(/\/$/, ""), saved.contexts, asked);
  const { current } = saved;
  const found = current === undefined || current === localContext ? undefined : saved.contexts[current];
  return current !== undefined && found ? ofContext(current, found) : ofContext(localContext, undefined);
}

async function ofContext(name: string, saved: SavedContext | undefined): Promise<Connection> {
  if (!saved) return ofThisMachine();
  const again = { fix: `Sign in again: pave login ${saved.url} --name ${name}`, exitCode: exitCodes.denied };
  const { PAVE_TOKEN } = environment();
  if (PAVE_TOKEN) return { url: saved.url, token: PAVE_TOKEN, how: `PAVE_TOKEN, at the context ${name}` };
  if (!saved.token) throw new CliError(`You are signed out of ${name} (${saved.url})`, again);
  if (saved.expiresAt && Date.parse(saved.expiresAt) <= Date.now())
    throw new CliError(`Your sign-in to ${name} (${saved.url}) ended on ${saved.expiresAt.slice(0, 10)}`, again);
  return { url: saved.url, token: saved.token, how: `context ${name}`, context: name, expiresAt: saved.expiresAt };
}

/** The platform of `pave up`, whose client file needs no sign-in. */
async function ofThisMachine(): Promise<Connection> {
  const local = await localClient();
  if (!local)
    throw new CliError("No platform is known on this machine", {
      fix: "Start one with `pave up`, sign in to one with `pave login URL`, or set PAVE_URL and PAVE_TOKEN.",
      exitCode: exitCodes.unreachable,
    });
  const { PAVE_TOKEN } = environment();
  return {
    url: local.url.replace(/\/$/, ""),
    token: PAVE_TOKEN || local.token,
    how: PAVE_TOKEN ? "PAVE_TOKEN, at this machine's own platform" : "this machine's own platform",
    context: localContext,
  };
}

async function ofEnvironment(
  url: string,
  contexts: Readonly<Record<string, SavedContext>>,
  asked: Asked,
): Promise<Connection> {
  const { PAVE_TOKEN } = environment();
  if (PAVE_TOKEN) return { url, token: PAVE_TOKEN, how: "PAVE_URL and PAVE_TOKEN" };
  // tokens are sent to the platform that they are of, and to no other
  const local = await localClient();
  if (local?.url.replace(/\/$/, "") === url)
    return { url, token: local.token, how: "PAVE_URL, which is this machine's own platform", context: localContext };
  const [name, saved] = Object.entries(contexts).find(([, one]) => one.url === url && one.token) ?? [];
  if (name !== undefined && saved)
    return { ...(await ofContext(name, saved)), how: `PAVE_URL, which is of the context ${name}` };
  if (!isJob(url)) return { url, token: undefined, how: "PAVE_URL, and nobody is signed in" };
  const project = await asked.project?.();
  const renew = () => jobToken({ url, project, folder: dataFolder() });
  const { token, expiresAt } = await renew();
  return { url, token, how: "the job's token of its CI, exchanged", expiresAt, renew };
}

export const localClient = () => readJson<{ url: string; token: string }>(join(dataFolder(), "cli.json"));

/** A client of it. A token that ends within a command is renewed where it can be. */
export async function connect(found?: Connection): Promise<Client> {
  const { url, token, expiresAt, renew } = found ?? (await findConnection());
  let current = { token, expiresAt };
  return createClient({
    baseUrl: url,
    token,
    async fetch(input, init) {
      if (renew && current.expiresAt && Date.parse(current.expiresAt) - Date.now() < 60_000) current = await renew();
      if (!renew || current.token === undefined) return reach(url, input, init);
      const headers = { ...(init?.headers as Record<string, string>), authorization: `Bearer ${current.token}` };
      return reach(url, input, { ...init, headers });
    },
  });
}

export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as T;
  } catch {
    return undefined;
  }
}
