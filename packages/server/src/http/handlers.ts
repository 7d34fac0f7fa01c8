import type { Readable } from "node:stream";
import type { RouteInput, RouteName, RouteOutput, routes } from "@pave/contract";
import type { Ctx } from "../db/context.ts";

/** Access to the request and answer beneath JSON, for routes that stream bytes and for cookies. */
export interface RequestIo {
  /** The raw body of `raw: "request"` routes. */
  readonly body: Readable;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The bearer token or session cookie the caller came with, by id. */
  readonly tokenId: string | null;
  readonly remoteAddress: string;
  setCookie(name: string, value: string, options: { maxAgeSeconds: number }): void;
  clearCookie(name: string): void;
  /** Answers with bytes; the handler's return value is then ignored. */
  send(status: number, headers: Record<string, string>, body: Readable | Buffer | string): Promise<void>;
}

export type Handler<N extends RouteName> = (
  ctx: Ctx,
  input: RouteInput<(typeof routes)[N]>,
  io: RequestIo,
) => Promise<RouteOutput<(typeof routes)[N]> | undefined>;

/** Handlers by route name. Modules return a part each; `app.ts` joins them and the server refuses to start with a gap. */
export type Handlers = { readonly [N in RouteName]?: Handler<N> };
