import { messageOf, PaveError } from "../../kernel/pave-error.ts";

const timeoutMs = 5_000;
const maxBytes = 2 ** 20;

/**
 * A document of an issuer. It is asked for no longer than five seconds and no more than a megabyte, and where it would
 * lead to is not followed: an administrator allowed this address, and no other.
 */
export async function fetchJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, {
      redirect: "manual",
      headers: { accept: "application/json", "user-agent": "pave" },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`it answered ${response.status}`);
    }
    return JSON.parse(await textOf(response)) as unknown;
  } catch (error) {
    throw issuerUnavailable(url, reasonOf(error));
  }
}

/** What is wrong is the issuer's or the network's; who asked cannot help it. */
export const issuerUnavailable = (url: string, reason: string): PaveError =>
  new PaveError("access.issuer_unavailable", `The issuer's keys could not be read from ${url}: ${reason}`, {
    fix: "Run the job again in a minute. If it lasts, a platform admin looks whether the server reaches that address.",
  });

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new Error("it answered more than a megabyte");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return `no answer in ${timeoutMs / 1000} seconds`;
  if (error instanceof SyntaxError) return "what it answered is no JSON";
  return messageOf(error instanceof Error && error.cause instanceof Error ? error.cause : error).slice(0, 200);
}
