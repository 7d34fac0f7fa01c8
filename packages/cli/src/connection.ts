import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type Client, certificateProblem, createClient } from "@pave/contract";
import { CliError, exitCodes } from "./command.ts";
import { environment } from "./environment.ts";

export const dataFolder = (): string => resolve(environment().PAVE_HOME || join(homedir(), ".pave"));

/** Which platform, and as whom: PAVE_URL and PAVE_TOKEN, or what `pave up` on this machine left in its data folder. */
export async function findConnection(): Promise<{ url: string; token: string | undefined }> {
  const { PAVE_URL, PAVE_TOKEN } = environment();
  const local = await readJson<{ url: string; token: string }>(join(dataFolder(), "cli.json"));
  const url = PAVE_URL || local?.url;
  if (!url)
    throw new CliError("No platform is known on this machine", {
      fix: "Start one with `pave up`, or set PAVE_URL and PAVE_TOKEN.",
      exitCode: exitCodes.unreachable,
    });
  // a local token is never sent to another platform
  const token = PAVE_TOKEN || (!PAVE_URL || PAVE_URL === local?.url ? local?.token : undefined);
  return { url: url.replace(/\/$/, ""), token };
}

export async function connect(): Promise<Client> {
  const { url, token } = await findConnection();
  return createClient({ baseUrl: url, token, fetch: (input, init) => reach(url, input, init) });
}

async function reach(
  url: string,
  input: Parameters<typeof fetch>[0],
  init: Parameters<typeof fetch>[1],
): Promise<Response> {
  try {
    return await fetch(input, init);
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") throw error;
    // what was to be sent could not be read: that is no platform's fault
    if (error instanceof Error && error.cause instanceof CliError) throw error.cause;
    const problem = certificateProblem(error);
    if (problem)
      throw new CliError(`The certificate at ${url} is not trusted: ${problem.reason}`, {
        fix: problem.fix,
        exitCode: exitCodes.unreachable,
      });
    throw new CliError(`No platform answers at ${url}`, {
      fix: "Start it with `pave up`, or correct PAVE_URL.",
      exitCode: exitCodes.unreachable,
    });
  }
}

export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as T;
  } catch {
    return undefined;
  }
}
