/*
 * Requests to places that somebody else has named: targets of notifications, issuers of tokens, git hosts. What stands
 * between such a name and the server's own network:
 *
 *   - the scheme is https; http only where it is turned on, or where the host is on the operator's allow-list
 *   - all addresses of the name are looked at before one is used, and only those are connected to (no second look-up)
 *   - a redirect is an answer like any other: it is given back, never followed
 *   - one deadline for all of it, a limit for the answer's bytes, no proxies, no cookies, no kept connections
 */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions as TlsRequestOptions } from "node:https";
import { isIP, type TcpSocketConnectOpts } from "node:net";
import { getCACertificates } from "node:tls";
import { messageOf, PaveError } from "../../kernel/pave-error.ts";
import { type AddressGuard, type AddressGuardOptions, createAddressGuard } from "./address-guard.ts";

export interface GuardedFetchOptions extends AddressGuardOptions {
  /** Plain http to public hosts too. */
  readonly http: boolean;
  /** Certificate authorities (PEM) beside those of Node. */
  readonly ca?: string;
}

export interface GuardedRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** For name, connection, answer and its body together. */
  readonly timeoutMs?: number;
  /** Of the answer's body. */
  readonly maxBytes?: number;
  /** What becomes of a longer answer: it is an error, or only its beginning is given back. */
  readonly beyond?: "refuse" | "cut";
  readonly signal?: AbortSignal;
}

export interface GuardedResponse {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  /** There was more, which is not in `body`. */
  readonly isCut: boolean;
}

/** Throws `network.refused` for what may not be asked and `network.failed` for what did not answer; both name the host and never the rest of the URL. */
export type GuardedFetch = (url: string, request?: GuardedRequest) => Promise<GuardedResponse>;

export function createGuardedFetch(options: GuardedFetchOptions): GuardedFetch {
  const guard = createAddressGuard(options);
  return async (text, request = {}) => {
    const { timeoutMs = 10_000 } = request;
    const endsAt = performance.now() + timeoutMs;
    const url = parseUrl(text, guard, options.http);
    const addresses = await guard.addressesOf(url.hostname, { timeoutMs: Math.min(5000, timeoutMs) });
    const left = Math.max(1, endsAt - performance.now());
    return exchange({ url, addresses, request, timeoutMs, left, ca: options.ca });
  };
}

function parseUrl(text: string, guard: AddressGuard, http: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw refused("the address is no URL of http or https", "Give a URL such as https://hooks.example.com/pave.");
  if (url.username !== "" || url.password !== "")
    throw refused(
      `the URL of ${url.hostname} has a name and a password`,
      "Leave them out, and use a header or a token.",
    );
  if (url.protocol === "http:" && !http && !guard.isListed(url.hostname))
    throw refused(
      `${url.hostname} is to be asked over http, which everybody on the way can read; expected https`,
      "Use https, or have the platform's operator allow the host with PAVE_OUTBOUND_ALLOW, or http with PAVE_OUTBOUND_HTTP=true.",
    );
  return url;
}

interface Exchange {
  readonly url: URL;
  readonly addresses: readonly string[];
  readonly request: GuardedRequest;
  readonly timeoutMs: number;
  /** Milliseconds of it that are left. */
  readonly left: number;
  readonly ca: string | undefined;
}

function exchange({ url, addresses, request, timeoutMs, left, ca }: Exchange): Promise<GuardedResponse> {
  const { maxBytes = 1_048_576, beyond = "refuse" } = request;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      settle();
      sent.destroy();
      reject(error instanceof PaveError ? error : failed(url, error));
    };
    const late = new PaveError("network.failed", `${url.hostname} did not answer within ${timeoutMs / 1000} s`, {
      fix: "Check that it is up and can be reached from the server.",
    });
    const timer = setTimeout(() => fail(late), left);
    const stop = () => fail(new Error("the request was given up"));
    const settle = () => {
      clearTimeout(timer);
      request.signal?.removeEventListener("abort", stop);
    };
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const sent = send(url, {
      ...connectTo(url, addresses, ca),
      method: request.method ?? "GET",
      headers: headersOf(request),
    });
    request.signal?.addEventListener("abort", stop, { once: true });
    sent.on("error", fail);
    sent.on("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const done = (isCut: boolean) => {
        settle();
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, body: Buffer.concat(chunks), isCut });
      };
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(bytes > maxBytes ? chunk.subarray(0, chunk.length - (bytes - maxBytes)) : chunk);
        if (bytes <= maxBytes) return;
        if (beyond === "refuse") return fail(tooLong(url, maxBytes));
        done(true);
        sent.destroy();
      });
      response.on("end", () => done(false));
      response.on("error", fail);
      response.on("aborted", () => fail(new Error("the connection was closed in the middle of the answer")));
    });
    if (request.signal?.aborted) return stop();
    sent.end(request.body);
  });
}

/** The name stays in the header and in the check of the certificate; the connection goes to what was looked at. */
function connectTo(
  url: URL,
  addresses: readonly string[],
  ca: string | undefined,
): TlsRequestOptions & Pick<TcpSocketConnectOpts, "autoSelectFamily"> {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return {
    agent: false,
    autoSelectFamily: true,
    lookup: (_host, options, found) => {
      if (options.all) return found(null, all);
      found(null, all[0]?.address ?? "", all[0]?.family);
    },
    ...(ca === undefined ? {} : { ca: [...getCACertificates("default"), ca] }),
    ...(isIP(url.hostname.replace(/^\[(.*)\]$/, "$1")) ? { servername: "" } : {}),
  };
}

const headersOf = ({ headers = {}, body }: GuardedRequest): Record<string, string> => ({
  ...headers,
  ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
});

const refused = (message: string, fix: string) => new PaveError("network.refused", `Refused: ${message}`, { fix });

const tooLong = (url: URL, maxBytes: number) =>
  new PaveError("network.failed", `${url.hostname} answered with more than ${maxBytes} bytes`, {
    fix: "Check that the URL leads to what it should.",
  });

/** Errors of certificates come with codes that all others lack. */
function failed(url: URL, error: unknown): PaveError {
  const cause = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const ofCertificate = /CERT|SELF_SIGNED|UNABLE_TO|HOSTNAME/.test(code);
  const what = ofCertificate
    ? `shows a certificate that cannot be trusted (${code})`
    : `cannot be asked: ${messageOf(cause)}`;
  return new PaveError("network.failed", `${url.host} ${what}`, {
    fix: ofCertificate
      ? "Give it a certificate of its name from an authority that the server knows; your own authority is named with NODE_EXTRA_CA_CERTS."
      : "Check that it is up and can be reached from the server.",
    cause: error,
  });
}
