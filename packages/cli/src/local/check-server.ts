import { apiVersion } from "@pave/contract";
import { CliError, exitCodes } from "../command.ts";
import { reach } from "./reach.ts";

interface Health {
  readonly status?: unknown;
  readonly version?: unknown;
  readonly api?: unknown;
}

/** Is this a Pave, and one that this client can speak with? Gives its version. */
export async function checkServer(url: string): Promise<string> {
  const response = await reach(url, `${url}/api/v1/health`, { signal: AbortSignal.timeout(15_000) }).catch((error) => {
    if (error instanceof Error && error.name === "TimeoutError") throw noPave(url, "it does not answer");
    throw error;
  });
  const health = (await response.json().catch(() => undefined)) as Health | undefined;
  if (!response.ok || typeof health !== "object" || health === null || typeof health.version !== "string")
    throw noPave(url, `it answers ${response.status}, and nothing that a Pave says`);
  const api = typeof health.api === "number" ? health.api : 0;
  if (api === apiVersion) return health.version;
  throw new CliError(
    `${url} is Pave ${health.version}, whose API (${api}) is ${api < apiVersion ? "older" : "newer"} than this client's (${apiVersion})`,
    {
      fix: api < apiVersion ? "Upgrade the server, or use the client of its version." : "Upgrade this client.",
      exitCode: exitCodes.unreachable,
    },
  );
}

const noPave = (url: string, why: string): CliError =>
  new CliError(`There is no Pave at ${url}: ${why}`, {
    fix: "Check the address: it is the one at which your browser shows the portal.",
    exitCode: exitCodes.unreachable,
  });
