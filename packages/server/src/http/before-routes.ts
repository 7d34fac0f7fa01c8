import type { Socket } from "node:net";
import { counted } from "@pave/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { newId } from "../kernel/ids.ts";
import type { Logger } from "../kernel/logger.ts";
import { PaveError } from "../kernel/pave-error.ts";
import type { Protocol } from "./protocol.ts";
import { renderError } from "./render-error.ts";

interface BeforeRoutes {
  readonly protocols: readonly Protocol[];
  readonly log: Logger;
}

/** Of the request line and all headers: filters and lists of ids stand in addresses, and Node's own 16 KiB are too few. */
export const maxHeaderBytes = 256 * 2 ** 10;

/**
 * What Fastify does with what never comes as far as a route or an error handler: an address that cannot be decoded, and
 * bytes that are no request. Each is answered in the form of the protocol that was spoken, as far as can be told.
 */
export const beforeRoutes = ({ protocols, log }: BeforeRoutes) => ({
  frameworkErrors: (error: Error, { url, id }: FastifyRequest, reply: FastifyReply): void => {
    const { status, body } = rendererOf(protocols, url).renderError(error, log, id);
    void reply.status(status).send(body);
  },
  clientErrorHandler: (error: MalformedError, socket: Socket): void => {
    if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
    const path = /^[A-Z]+ (\S*)/.exec(error.rawPacket?.subarray(0, 200).toString("latin1") ?? "")?.[1];
    const problem = problemOf(error);
    // of a request that came in parts Node has only the last one: that is answered in all forms at once
    const spoken = path === undefined ? [...protocols, { renderError }] : [rendererOf(protocols, path)];
    const id = newId();
    const bodies = spoken.map((one) => one.renderError(problem, log, id).body);
    const text = JSON.stringify(Object.assign({}, ...bodies.filter((body) => typeof body === "object")));
    const head = [
      "HTTP/1.1 400 Bad Request",
      "content-type: application/json; charset=utf-8",
      `content-length: ${Buffer.byteLength(text)}`,
      "connection: close",
    ];
    socket.end(`${head.join("\r\n")}\r\n\r\n${text}`);
  },
});

const rendererOf = (protocols: readonly Protocol[], path: string): Pick<Protocol, "renderError"> =>
  protocols.find(({ prefixes }) => prefixes.some((prefix) => path.startsWith(`${prefix}/`))) ?? { renderError };

/** What Node's parser says; `rawPacket` are the bytes that it was at. */
type MalformedError = Error & { readonly code?: string; readonly rawPacket?: Buffer };

function problemOf({ code, message }: MalformedError): PaveError {
  if (code === "HPE_HEADER_OVERFLOW")
    return new PaveError(
      "request.invalid",
      `The address and the headers of the request have more than ${counted(maxHeaderBytes / 1024, "KiB", "KiB")}`,
      { fix: "Ask for less at once, or by a POST, whose body may be longer" },
    );
  return new PaveError("request.invalid", `This is no request of HTTP: ${message.slice(0, 200)}`, {
    fix: "Look at what stands between the client and this server",
  });
}
