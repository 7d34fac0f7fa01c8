import { isUtf8 } from "node:buffer";
import { Readable } from "node:stream";
import type { Permission } from "@pave/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { asActor, type Ctx } from "../db/context.ts";
import { must, PaveError } from "../kernel/pave-error.ts";
import { nobody, tokenOf } from "./caller.ts";
import type { Protocol, ProtocolAnswer, ProtocolRequest, ProtocolRoute } from "./protocol.ts";
import type { HttpServerOptions } from "./server.ts";

type ServeOptions = Pick<HttpServerOptions, "access" | "createContext" | "log">;

/** Serves a protocol's routes in a scope of their own: its errors, its way to read bodies, its unknown paths. */
export async function serveProtocol(server: FastifyInstance, protocol: Protocol, options: ServeOptions): Promise<void> {
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // whatever it says it is: the route knows what it takes
    scope.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    scope.setErrorHandler((error, request, reply) => {
      if (!reply.sent) void send(reply, protocol.renderError(error, options.log, request.id));
    });
    for (const route of protocol.routes) addRoute(scope, route, options);
    for (const prefix of protocol.prefixes) {
      const refuse = async (request: FastifyRequest) => {
        throw protocol.notFound(request.method, request.url.split("?")[0] ?? "");
      };
      for (const url of [prefix, `${prefix}/*`]) scope.all(url, { onRequest: refuse }, refuse);
    }
  });
}

interface Caller {
  readonly ctx: Ctx;
  readonly permission: Permission | "public";
}

function addRoute(scope: FastifyInstance, route: ProtocolRoute, options: ServeOptions): void {
  const callers = new WeakMap<FastifyRequest, Caller>();
  scope.route({
    method: route.method,
    url: route.path,
    // before the body is read: whoever may not send it does not get megabytes of it parsed
    onRequest: async (request) => void callers.set(request, await admit(request, route, options)),
    handler: async (request, reply) => {
      const { ctx, permission } = must(callers.get(request), "the caller of the request");
      const answer = await route.handle(ctx, await requestOf(request, reply, route, permission));
      await send(reply, answer);
      return reply;
    },
  });
}

async function admit(request: FastifyRequest, route: ProtocolRoute, { access, createContext }: ServeOptions) {
  const anonymous = createContext(request.id);
  if (route.permission === "public") return { ctx: asActor(anonymous, nobody), permission: route.permission };
  const token = tokenOf(request.headers.authorization);
  if (token === undefined)
    throw new PaveError("access.unauthenticated", "The request carries no token", {
      fix: "Send `Authorization: Bearer <token>`; make one with `pave tokens create`.",
    });
  const ctx = await access.authenticate(anonymous, token, request.ip);
  const permission = (ctx.actor.kind === "run" ? route.attempts : undefined) ?? route.permission;
  access.assertWithinToken(ctx, permission);
  return { ctx, permission };
}

async function requestOf(
  request: FastifyRequest,
  reply: FastifyReply,
  route: ProtocolRoute,
  permission: Caller["permission"],
): Promise<ProtocolRequest> {
  const abort = new AbortController();
  reply.raw.once("close", () => abort.abort());
  const stream = request.body instanceof Readable ? request.body : Readable.from([]);
  return {
    permission,
    params: request.params as Record<string, string>,
    address: request.ip,
    query: request.url.split("?").slice(1).join("?"),
    headers: request.headers as Record<string, string | undefined>,
    text: route.body === "text" ? await readText(stream, route.bodyLimitBytes ?? 2 ** 20) : "",
    stream,
    signal: abort.signal,
    remoteAddress: request.ip,
  };
}

/** The body as text. What is too long is read to its end and dropped, so that the client hears why. */
async function readText(stream: Readable, limitBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > dropBytes) break;
    if (bytes <= limitBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (bytes <= limitBytes) return textOf(Buffer.concat(chunks));
  throw new PaveError("request.too_large", `The body has more than the ${limitBytes} bytes that this route takes`, {
    fix: "Send less at once.",
  });
}

/** Bytes that are no letters would be kept as others than were sent. */
function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  throw new PaveError("request.invalid", "The body is not text in UTF-8", { fix: "Encode it as UTF-8." });
}

/** A client that sends even more is cut off. */
const dropBytes = 256 * 2 ** 20;

async function send(reply: FastifyReply, { status, headers = {}, body }: ProtocolAnswer): Promise<void> {
  await reply.status(status).headers(headers).send(body);
}
