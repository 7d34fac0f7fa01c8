import { Readable } from "node:stream";
import type { RouteInput, RouteName, RouteOutput, routes } from "@pave/contract";
import type { Ctx } from "../../../db/context.ts";
import type { Handler, Handlers, RequestIo } from "../../../http/handlers.ts";
import { must } from "../../../kernel/pave-error.ts";

const io: RequestIo = {
  body: Readable.from([]),
  signal: new AbortController().signal,
  headers: {},
  tokenId: null,
  remoteAddress: "127.0.0.1",
  setCookie: () => undefined,
  clearCookie: () => undefined,
  send: async () => undefined,
};

type Given<N extends RouteName> = Partial<RouteInput<(typeof routes)[N]>>;

/** Calls a handler as the HTTP layer does once the request has been checked. */
export async function callRoute<N extends RouteName>(
  handlers: Handlers,
  name: N,
  ctx: Ctx,
  input: Given<N>,
): Promise<RouteOutput<(typeof routes)[N]> | undefined> {
  const handler: Handler<N> = must<Handler<N>>(handlers[name], `the handler of ${name}`);
  return handler(
    ctx,
    { params: undefined, query: undefined, body: undefined, ...input } as RouteInput<(typeof routes)[N]>,
    io,
  );
}
