/*
 * What answers in a step that has no network: its tracking server, and nothing else.
 *
 *   step ──127.0.0.1:port──▶ door.py (bytes) ──Unix socket──▶ here ──▶ the API's origin
 *
 * Requests are read whole into their parts and written anew, to one origin that no request can change: whatever it
 * names as host, as absolute address or by a tunnel is refused or written over. Only the tracking server's own paths are
 * passed on: to the rest of the API a step would come from the runner's address, guess passwords there, and use up what
 * may be tried from this machine. Nothing is added that would speak for the step: its token alone counts, and what claims
 * to come from a proxy is taken away.
 */
import {
  createServer,
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
  type Server,
  type ServerResponse,
} from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { pipeline } from "node:stream";

/** One attempt's; as many as door.py lets through, and some that are just ending. */
const maxConnections = 96;
/** Held of a body in each direction. */
const pieceBytes = 512 * 1024;
const drainMs = 2_000;
const maxHeaderBytes = 32 * 1024;

/** Where MLflow's clients and its pages look for a tracking server: the paths of `protocols/mlflow`. */
const tracking = /^\/(?:(?:ajax-)?api\/[23]\.0\/mlflow(?:-artifacts)?\/|(?:health|version)$)/;
/** What a proxy before the API might take for the way to another path. */
const climbs = /(?:^|[/\\]|%2f|%5c)(?:\.|%2e){1,2}(?:[/\\]|%2f|%5c|$)|\\/i;

const isTrackingPath = (target: string): boolean => {
  const path = target.split(/[?#]/, 1)[0] ?? "";
  return tracking.test(path) && !climbs.test(path);
};

/** Of one connection, or of someone between; never the step's to say. */
const dropped = new Set([
  ...["connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer"],
  ...["transfer-encoding", "upgrade", "expect", "host", "forwarded", "via", "x-real-ip", "cookie", "origin", "referer"],
]);

export interface Relay {
  readonly server: Server;
  /** Takes no more, and lets what is being answered come to its end for a moment. */
  close(): Promise<void>;
}

/** `apiUrl` is an origin. The server listens nowhere yet. */
export function createRelay(apiUrl: string): Relay {
  const origin = new URL(apiUrl);
  const isSecure = origin.protocol === "https:";
  const options = { keepAlive: true, maxSockets: 64, timeout: 600_000 };
  const agent = isSecure ? new HttpsAgent(options) : new HttpAgent(options);
  const upstream: Upstream = { origin, agent, request: isSecure ? requestHttps : requestHttp };

  const limits = { maxHeaderSize: maxHeaderBytes, highWaterMark: pieceBytes, insecureHTTPParser: false };
  const server = createServer(limits, (request, response) => pass(upstream, request, response));
  server.maxConnections = maxConnections;
  // an upload takes as long as it takes; only its beginning may not be slow
  server.requestTimeout = 0;
  server.headersTimeout = 60_000;
  server.on("upgrade", (_request, socket) => socket.end("HTTP/1.1 501 Not Implemented\r\nconnection: close\r\n\r\n"));
  server.on("connect", (_request, socket) =>
    socket.end("HTTP/1.1 405 Method Not Allowed\r\nconnection: close\r\n\r\n"),
  );
  return {
    server,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const patience = setTimeout(() => server.closeAllConnections(), drainMs);
      await closed;
      clearTimeout(patience);
      agent.destroy();
    },
  };
}

interface Upstream {
  readonly origin: URL;
  readonly agent: HttpAgent | HttpsAgent;
  readonly request: typeof requestHttp;
}

function pass({ origin, agent, request: send }: Upstream, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? "";
  if (!isTrackingPath(path)) {
    const status = path.startsWith("/") ? 404 : 400;
    refuse(response, status, "expected a path such as /api/2.0/mlflow/…: only the tracking server is here");
    return;
  }
  const outgoing = send({
    agent,
    host: origin.hostname.replace(/^\[|\]$/g, ""),
    port: origin.port || (origin.protocol === "https:" ? 443 : 80),
    method: request.method,
    path,
    headers: { ...passed(request.headers), host: origin.host },
  });
  outgoing.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, passed(answer.headers));
    pipeline(answer, response, () => {});
  });
  outgoing.on("error", () => {
    if (response.headersSent) response.destroy();
    else refuse(response, 503, "the tracking server cannot be reached at the moment");
  });
  response.on("close", () => {
    if (!response.writableFinished) outgoing.destroy();
  });
  request.pipe(outgoing);
}

function passed(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? "").toLowerCase().split(/\s*,\s*/);
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !dropped.has(name) && !named.includes(name) && !name.startsWith("x-forwarded-"),
    ),
  );
}

const codes: Readonly<Record<number, string>> = { 404: "ENDPOINT_NOT_FOUND", 503: "TEMPORARILY_UNAVAILABLE" };

/** In the form that mlflow's clients read. */
function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify({ error_code: codes[status] ?? "BAD_REQUEST", message }));
}
