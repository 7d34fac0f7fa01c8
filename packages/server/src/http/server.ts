import { Readable } from "node:stream";
import cookie from "@fastify/cookie";
import { type Permission, type RouteDefinition, type RouteName, routes } from "@pave/contract";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Ctx } from "../db/context.ts";
import { assertUtf8 } from "../kernel/assert-utf8.ts";
import { newId } from "../kernel/ids.ts";
import type { Logger } from "../kernel/logger.ts";
import { must, PaveError } from "../kernel/pave-error.ts";
import { knownKeys, orList } from "../kernel/spec/index.ts";
import { allowedMethods } from "./allowed-methods.ts";
import { beforeRoutes, maxHeaderBytes } from "./before-routes.ts";
import { bearerOf, nobody } from "./caller.ts";
import { guardedCookie } from "./guarded-cookie.ts";
import type { Handlers, RequestIo } from "./handlers.ts";
import type { Protocol } from "./protocol.ts";
import { invalidRequest, renderError, unknownQuery } from "./render-error.ts";
import { assertSameOrigin, assertTrustedHost, strictTransport } from "./request-origin.ts";
import { type DocsOptions, serveDocs } from "./serve-docs.ts";
import { type PortalOptions, servePortal } from "./serve-portal.ts";
import { serveProtocol } from "./serve-protocol.ts";
import { serveSchemas } from "./serve-schemas.ts";

/** What the HTTP layer asks of access, which it must not import. */
export interface HttpAccess {
  readonly sessionCookie: string;
  authenticate(ctx: Ctx, token: string, address: string): Promise<Ctx>;
  /** Throws unless the actor may; `project` is the name in the path, if any. */
  authorize(ctx: Ctx, permission: Permission | "signed-in", project: string | undefined): Promise<void>;
  /** Throws if the bounds of the actor's token alone say that it may not, whatever its principal may. */
  assertWithinToken(ctx: Ctx, permission: Permission): void;
}

export interface HttpServerOptions {
  readonly handlers: Handlers;
  /** Other ways to speak to the same modules. */
  readonly protocols?: readonly Protocol[];
  readonly access: HttpAccess;
  readonly createContext: (correlationId: string) => Ctx;
  readonly log: Logger;
  /** Hosts that may stand in the Host header, beside loopback names. */
  readonly allowedHosts: readonly string[];
  readonly secureCookies: boolean;
  /** Addresses and networks of proxies whose X-Forwarded-For, -Proto and -Host count. */
  readonly trustedProxies?: readonly string[];
  /** Without it the server speaks plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly minVersion: "TLSv1.2" };
  readonly portal?: PortalOptions;
  readonly docs?: DocsOptions;
  /** Checks answers against their schemas; for tests. */
  readonly checkResponses?: boolean;
}

const jsonLimit = 2 * 2 ** 20;

/** The API: every route of the contract's table, each with its permission, and the portal's files. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { protocols = [], trustedProxies = [], tls } = options;
  const server = Fastify({
    logger: false,
    bodyLimit: jsonLimit,
    forceCloseConnections: true,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    ...(tls ? { https: { ...tls, maxHeaderSize: maxHeaderBytes } } : { http: { maxHeaderSize: maxHeaderBytes } }),
    routerOptions: { maxParamLength: 400 },
    genReqId: () => newId(),
    ...beforeRoutes({ protocols, log: options.log }),
  });
  await server.register(cookie);
  // bytes pass through as a stream; only raw routes look at them
  server.removeContentTypeParser("text/plain");
  server.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
  server.setErrorHandler((error, request, reply) => {
    const { status, body } = renderError(error, options.log, request.id);
    if (!reply.sent) void reply.status(status).send(body);
  });
  server.addHook("onRequest", async (request, reply) => {
    assertTrustedHost(request.host, options.allowedHosts);
    void reply.headers({
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "x-frame-options": "DENY",
      ...strictTransport(request),
    });
  });
  const missing = (Object.keys(routes) as RouteName[]).filter((name) => !options.handlers[name]);
  if (missing.length > 0) throw new Error(`Routes without a handler: ${missing.join(", ")}`);
  for (const name of Object.keys(routes) as RouteName[])
    onServer(server, routes[name], (scope) => addRoute(scope, name, options));
  for (const protocol of protocols) await serveProtocol(server, protocol, options);
  serveSchemas(server);
  if (options.docs) serveDocs(server, options.docs);
  if (options.portal) await servePortal(server, options.portal);
  server.setNotFoundHandler((request, reply) => {
    const rendered = renderError(nothingThere(request, reply), options.log, request.id);
    return reply.status(rendered.status).send(rendered.body);
  });
  return server;
}

/** A path that is there with another method says so. */
function nothingThere({ method, url }: FastifyRequest, reply: FastifyReply): PaveError {
  const path = url.split("?")[0] ?? "";
  const methods = allowedMethods(path);
  if (methods.length === 0)
    return new PaveError("request.not_found", `There is no ${method} ${path}`, { fix: "Check method and path." });
  const allowed = methods.join(", ");
  void reply.header("allow", allowed);
  return new PaveError("request.method_not_allowed", `${path}: expected ${orList(methods)}, found ${method}`, {
    fix: `Use ${orList(methods)}.`,
  });
}

/** Bytes are bytes, also of a content type that is parsed elsewhere: their routes read them as they come. */
function onServer(server: FastifyInstance, { raw }: RouteDefinition, add: (scope: FastifyInstance) => unknown): void {
  if (raw !== "request") return void add(server);
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    add(scope);
  });
}

function addRoute(server: FastifyInstance, name: RouteName, options: HttpServerOptions): void {
  const definition: RouteDefinition = routes[name];
  const handler = options.handlers[name] as ((ctx: Ctx, input: unknown, io: RequestIo) => Promise<unknown>) | undefined;
  if (!handler) return;
  const callers = new WeakMap<FastifyRequest, Caller>();
  server.route({
    method: definition.method,
    url: `/api/v1${definition.path}`,
    ...(definition.bodyLimitBytes === undefined ? {} : { bodyLimit: definition.bodyLimitBytes }),
    // before the body is read: whoever may not send it does not get megabytes of it parsed
    onRequest: async (request) => {
      callers.set(request, await identify(request, definition, options));
      if (definition.body) assertUtf8(request.headers["content-type"]);
    },
    handler: async (request, reply) => {
      const { ctx, tokenId } = must(callers.get(request), "the caller of the request");
      const input = parseInput(definition, request);
      const io = requestIo(request, reply, tokenId, options);
      const result = await handler(ctx, input, io);
      if (reply.sent || definition.raw === "response" || definition.raw === "events") return reply;
      if (options.checkResponses) assertResponse(name, definition, result);
      return reply.status(definition.status ?? 200).send(result ?? { ok: true });
    },
  });
}

interface Caller {
  readonly ctx: Ctx;
  readonly tokenId: string | null;
}

async function identify(
  request: FastifyRequest,
  definition: RouteDefinition,
  options: HttpServerOptions,
): Promise<Caller> {
  const anonymous = options.createContext(request.id);
  if (definition.permission === "public") return { ctx: { ...anonymous, actor: nobody }, tokenId: null };
  const bearer = bearerOf(request.headers.authorization);
  const session = request.cookies[guardedCookie(options.access.sessionCookie, options.secureCookies)];
  if (!bearer && !session) {
    throw new PaveError("access.unauthenticated", "This needs a sign-in: the request carries no token and no session", {
      fix: "Run `pave open` or `pave login URL`, or send `Authorization: Bearer <token>`.",
    });
  }
  if (!bearer && definition.method !== "GET") assertSameOrigin(request.headers, request.host);
  const ctx = await options.access.authenticate(anonymous, bearer ?? session ?? "", request.ip);
  await options.access.authorize(ctx, definition.permission, (request.params as { project?: string }).project);
  return { ctx, tokenId: ctx.actor.grant === "unlimited" ? null : ctx.actor.grant.tokenId };
}

function parseInput(definition: RouteDefinition, request: FastifyRequest): unknown {
  const parse = (schema: z.ZodType | undefined, value: unknown, where: string): unknown => {
    if (!schema) return undefined;
    const result = schema.safeParse(value);
    if (!result.success) throw invalidRequest(where, schema, result.error, value);
    return result.data;
  };
  if (definition.body && request.body instanceof Readable) {
    const type = request.headers["content-type"] ?? "none";
    throw new PaveError("request.unsupported_media_type", `The body must be JSON, found the content type ${type}`, {
      fix: "Send it with content-type: application/json.",
    });
  }
  const known = definition.query ? knownKeys(definition.query, []) : [];
  const unknown = Object.keys(request.query as object).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw unknownQuery(unknown, known);
  return {
    params: parse(definition.params, request.params, "path"),
    query: parse(definition.query, request.query, "query"),
    body: parse(definition.body, request.body ?? {}, "body"),
  };
}

function requestIo(
  request: FastifyRequest,
  reply: FastifyReply,
  tokenId: string | null,
  options: HttpServerOptions,
): RequestIo {
  const abort = new AbortController();
  reply.raw.once("close", () => abort.abort());
  const secure = options.secureCookies || request.protocol === "https";
  // what the platform knows of itself, not what one request came by: a session is looked for under one name
  const nameOf = (name: string) => guardedCookie(name, options.secureCookies);
  const cookieOptions = { path: "/", httpOnly: true, sameSite: "strict" as const, secure };
  return {
    body: request.body instanceof Readable ? request.body : Readable.from([]),
    signal: abort.signal,
    headers: request.headers as Record<string, string | undefined>,
    tokenId,
    remoteAddress: request.ip,
    setCookie: (name, value, { maxAgeSeconds }) =>
      void reply.setCookie(nameOf(name), value, { ...cookieOptions, maxAge: maxAgeSeconds }),
    clearCookie: (name) => void reply.clearCookie(nameOf(name), cookieOptions),
    async send(status, headers, body) {
      await reply.status(status).headers(headers).send(body);
    },
  };
}

function assertResponse(name: RouteName, definition: RouteDefinition, result: unknown): void {
  const parsed = definition.response.safeParse(result ?? { ok: true });
  if (!parsed.success) throw new Error(`The answer of ${name} does not fit its schema: ${parsed.error.message}`);
}
