import { CliError } from "../command.ts";
import { whyUnreachable } from "./why-unreachable.ts";

/** `fetch`, with a message for people where nothing answers. */
export async function reach(
  url: string,
  input: Parameters<typeof fetch>[0],
  init?: Parameters<typeof fetch>[1],
): Promise<Response> {
  try {
    return await fetch(input, init);
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") throw error;
    // what was to be sent could not be read: that is no platform's fault
    if (error instanceof Error && error.cause instanceof CliError) throw error.cause;
    throw whyUnreachable(url, error);
  }
}
