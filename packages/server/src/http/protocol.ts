import type { Readable } from "node:stream";
import type { Method, Permission } from "@pave/contract";
import type { Ctx } from "../db/context.ts";
import type { Logger } from "../kernel/logger.ts";

/*
 * A protocol that is not ours, translated: a table of routes at the places where its clients look for them, each with
 * the permission that it needs, and errors in the form that its clients read.
 */
export interface Protocol {
  readonly name: string;
  readonly routes: readonly ProtocolRoute[];
  /** Everything below these paths is the protocol's: what no route takes is answered in its form. */
  readonly prefixes: readonly string[];
  /** What is thrown instead of an answer where no route fits. */
  notFound(method: string, path: string): Error;
  /** The one place where an error becomes an answer of this protocol. */
  renderError(error: unknown, log: Logger, correlationId: string): ProtocolAnswer;
}

export interface ProtocolRoute {
  readonly method: Method;
  /** From the root; `:name` is one part of the path, `*` at the end is all the rest. */
  readonly path: string;
  /**
   * Denied without it. A token's own bounds are checked before the body is read; the project is known only from what
   * the request names, so the route asks `access` for the same permission there.
   */
  readonly permission: Permission | "public";
  /** An attempt's token may call it too, under this permission: `run.self` is for what is below its own attempt. */
  readonly attempts?: Permission;
  /** `text`: the whole body, up to the limit. `stream`: the bytes as they come, of any type and length. */
  readonly body?: "none" | "text" | "stream";
  readonly bodyLimitBytes?: number;
  handle(ctx: Ctx, request: ProtocolRequest): Promise<ProtocolAnswer>;
}

export interface ProtocolRequest {
  /** The permission under which the caller was let in. */
  readonly permission: Permission | "public";
  readonly params: Readonly<Record<string, string>>;
  /** The part of the query behind `?`, still encoded. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The network address of the caller. */
  readonly address: string;
  /** Of routes with a `text` body. */
  readonly text: string;
  /** Of routes with a `stream` body. */
  readonly stream: Readable;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  readonly remoteAddress: string;
}

export interface ProtocolAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** An object is sent as JSON. */
  readonly body: object | string | Readable;
}
