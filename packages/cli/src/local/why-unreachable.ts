import { certificateProblem } from "@pave/contract";
import { CliError, exitCodes } from "../command.ts";

/** What a connection failed by, in one message with the fix. */
export function whyUnreachable(url: string, error: unknown): CliError {
  const certificate = certificateProblem(error);
  const { message, fix } = certificate
    ? { message: `The certificate at ${url} is not trusted: ${certificate.reason}`, fix: certificate.fix }
    : explain(url, codeOf(error));
  return new CliError(message, { fix, exitCode: exitCodes.unreachable });
}

function explain(url: string, code: string): { readonly message: string; readonly fix: string } {
  const { hostname, host, protocol } = new URL(url);
  if (code.startsWith("ERR_SSL_") || code === "EPROTO")
    return {
      message: `${host} does not speak TLS as it should (${code})`,
      fix: protocol === "https:" ? `If it speaks plain http, say so: http://${host}` : `Try https://${host}`,
    };
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return {
      message: `There is no host ${hostname}, or it cannot be looked up now`,
      fix: "Check the name and the network.",
    };
  const isHere = ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  return {
    message: `No platform answers at ${url}`,
    fix: isHere
      ? "Start it with `pave up`, or correct the address: what you typed, the context, or PAVE_URL."
      : "Check the address and the network; `pave contexts list` shows what is known.",
  };
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
}
