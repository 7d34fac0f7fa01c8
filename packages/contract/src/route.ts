import type { z } from "zod";
import type { Permission } from "./permissions.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * One route of the API. The table in `routes.ts` joins those of `routes/` and is the API: handlers, client, OpenAPI and the role matrix derive from
 * it. `permission` is checked before the handler runs: on the project named by `:project` where the path has one.
 * `public` routes check something else themselves (a one-time link, a signed URL) or tell nothing worth hiding.
 */
export interface RouteDefinition<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
> {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly permission: Permission | "public" | "signed-in";
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly response: Response;
  /** The body or the answer is a stream of bytes, not JSON. */
  readonly raw?: "request" | "response" | "events";
  readonly bodyLimitBytes?: number;
  readonly status?: number;
}

export const route = <const D extends RouteDefinition>(definition: D): D => definition;

type Output<S> = S extends z.ZodType ? z.output<S> : undefined;
type Input<S> = S extends z.ZodType ? z.input<S> : undefined;

/** What a handler gets. */
export interface RouteInput<D extends RouteDefinition> {
  readonly params: Output<D["params"]>;
  readonly query: Output<D["query"]>;
  readonly body: Output<D["body"]>;
}
/** What a handler returns. */
export type RouteOutput<D extends RouteDefinition> = z.input<D["response"]>;

type Field<Name extends string, S> = S extends z.ZodType ? { readonly [K in Name]: Input<S> } : unknown;
/** What a client passes. */
export type ClientInput<D extends RouteDefinition> = Field<"params", D["params"]> &
  Field<"query", D["query"]> &
  Field<"body", D["body"]>;
export type ClientOutput<D extends RouteDefinition> = z.output<D["response"]>;
