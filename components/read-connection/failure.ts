/** What went wrong with a connection, for people: what was found, and what to do about it. Never its password. */
export class ConnectionFailure extends Error {
  readonly kind: FailureKind;
  readonly fix: string;
  constructor(kind: FailureKind, message: string, fix: string) {
    super(message);
    this.kind = kind;
    this.fix = fix;
  }
}

export type FailureKind =
  | "host"
  | "address"
  | "refused"
  | "timeout"
  | "tls"
  | "password"
  | "missing"
  | "rights"
  | "query"
  | "limit"
  | "type"
  | "other";

interface Known {
  readonly code?: string;
  readonly message: string;
}

const known = (error: unknown): Known =>
  error instanceof Error ? (error as Error & { code?: string }) : { message: String(error) };

const tlsCodes =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|CERT_HAS_EXPIRED|ERR_TLS_CERT_ALTNAME_INVALID|ERR_SSL_.*|EPROTO|HANDSHAKE_SSL_ERROR|HANDSHAKE_NO_SSL_SUPPORT)$/;

/** Failures of the network and of TLS, which every kind of connection has; undefined for others. */
export function networkFailure(error: unknown, where: string): ConnectionFailure | undefined {
  if (error instanceof ConnectionFailure) return error;
  const { code = "", message } = known(error);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return new ConnectionFailure(
      "host",
      `${where}: the host is not known`,
      "correct the host, or the name service of this machine",
    );
  if (code === "ECONNREFUSED")
    return new ConnectionFailure(
      "refused",
      `${where}: nothing answers there (connection refused)`,
      "start the server, or correct host and port",
    );
  if (["ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"].includes(code) || /timeout expired|ETIMEDOUT/.test(message))
    return new ConnectionFailure(
      "timeout",
      `${where}: no answer in time`,
      "let the network of runners reach it: a firewall or a route is in the way",
    );
  if (/does not support (SSL|secure)/i.test(message) || code === "HANDSHAKE_NO_SSL_SUPPORT")
    return new ConnectionFailure(
      "tls",
      `${where}: the server speaks no TLS`,
      "switch TLS on there, or add the connection with `--tls off` where the network is trusted",
    );
  if (tlsCodes.test(code) || /certificate|wrong version number|SSL routines/i.test(message))
    return new ConnectionFailure(
      "tls",
      `${where}: TLS failed: ${firstLine(message)}`,
      "add the connection with the authority's certificate, `--ca FILE`, and with the name that is in the server's certificate",
    );
  if (["ECONNRESET", "EPIPE", "PROTOCOL_CONNECTION_LOST"].includes(code) || /Connection terminated/i.test(message))
    return new ConnectionFailure(
      "other",
      `${where}: the connection broke off`,
      "try again; the server's log says why it ended it",
    );
  return undefined;
}

export const firstLine = (text: string): string => text.split("\n")[0]?.trim() ?? "";
