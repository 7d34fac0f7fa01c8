import { CliError, exitCodes } from "../command.ts";

/** What a connection failed by, in one message with the fix. */
export function whyUnreachable(url: string, error: unknown): CliError {
  const code = codeOf(error);
  const { message, fix } = explain(url, code);
  return new CliError(message, { fix, exitCode: exitCodes.unreachable });
}

function explain(url: string, code: string): { readonly message: string; readonly fix: string } {
  const { hostname, host, protocol } = new URL(url);
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return {
      message: `The certificate of ${host} is for another name`,
      fix: `Use the name that is in it, or have one made for ${hostname}.`,
    };
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID")
    return {
      message: `The certificate of ${host} ${code === "CERT_HAS_EXPIRED" ? "has expired" : "is not valid yet"}`,
      fix: "Have it renewed on the server; if it is fine there, set this machine's clock.",
    };
  if (untrusted.has(code))
    return {
      message: `The certificate of ${host} is of nobody whom this machine trusts`,
      fix: "If it is your organisation's own, name its file: NODE_EXTRA_CA_CERTS=/path/to/ca.pem. Never go on without.",
    };
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
      ? "Start it with `pave up`, or correct PAVE_URL."
      : "Check the address and the network; `pave contexts list` shows what is known.",
  };
}

const untrusted = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_UNTRUSTED",
]);

function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
}
