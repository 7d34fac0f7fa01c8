import type { IncomingMessage, ServerResponse } from "node:http";
import type { PaveError } from "../../kernel/pave-error.ts";
import type { Protocol } from "../protocols/protocol.ts";

/** Header names and values in turn, as `writeHead` takes them fastest. */
export type Headers = readonly string[];

export function answerJson(response: ServerResponse, status: number, body: string, headers: Headers = []) {
  if (response.destroyed || response.headersSent) return;
  const bytes = Buffer.byteLength(body);
  response.writeHead(status, ["content-type", "application/json", "content-length", String(bytes), ...headers]);
  // text of one byte a character is ASCII, which node writes faster as latin1
  response.end(body, bytes === body.length ? "latin1" : "utf8");
}

export function answerError(
  response: ServerResponse,
  error: PaveError,
  protocol: Pick<Protocol, "renderError">,
  headers: Headers = [],
) {
  answerJson(response, error.status, protocol.renderError(error), [...headersOf(error), ...headers]);
  if (!response.req.complete) dropRest(response.req);
}

/** Reads what is left of a body and forgets it, so that the caller gets to read the answer; not for ever, though. */
function dropRest(request: IncomingMessage) {
  request.resume();
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, 5000);
  request.once("close", () => clearTimeout(timer));
}

function headersOf(error: PaveError): Headers {
  if (error.status === 405) return ["allow", error.fix?.replace("use ", "") ?? ""];
  if (error.status === 401) return ["www-authenticate", "Bearer"];
  if (error.status === 503) return ["retry-after", "1"];
  return [];
}
