import type { Method, Permission } from "@pave/contract";
import type { z } from "zod";
import type { ProtocolAnswer, ProtocolRoute } from "../../http/protocol.ts";
import { parseInput } from "./parse-input.ts";
import { createScope, type Scope, type ScopeDeps } from "./scope.ts";

/** Who may call an endpoint. */
export interface Access {
  readonly permission: Permission;
  readonly attempts?: Permission;
}

export const reads: Access = { permission: "project.read", attempts: "run.self" };
export const writes: Access = { permission: "tracking.write", attempts: "run.self" };
/** What is registered is a decision: an attempt makes none, the pipeline's `models:` do. */
export const registers: Access = { permission: "model.update" };
/** But for code that runs as it is, whose own `log_model` says so: its step may name what it logged. */
export const registersNew: Access = { permission: "model.update", attempts: "run.register" };

/** One endpoint that takes and answers JSON. */
export interface Endpoint {
  readonly method: Method;
  /** Below `/mlflow`. */
  readonly path: string;
  readonly access: Access;
  readonly bodyLimitBytes: number;
  handle(scope: Scope): Promise<object | JsonText>;
}

/** An answer that is JSON already. */
export type JsonText = string;

/** A batch of the longest params and tags, each character written as an escape. */
const usualLimit = 16 * 2 ** 20;

export const endpoint = <S extends z.ZodType>(
  [method, path]: readonly [Method, string],
  access: Access,
  input: S,
  handle: (scope: Scope, input: z.output<S>) => Promise<object | JsonText>,
  bodyLimitBytes = usualLimit,
): Endpoint => ({
  method,
  path,
  access,
  bodyLimitBytes,
  handle: (scope) => handle(scope, parseInput(input, scope.request)),
});

/** Clients speak to `/api`, the browser's pages of MLflow to `/ajax-api`. */
export const places = ["/api/2.0", "/ajax-api/2.0"] as const;

export const routesOf = (deps: ScopeDeps, endpoints: readonly Endpoint[]): ProtocolRoute[] =>
  places.flatMap((place) =>
    endpoints.map(({ method, path, access, bodyLimitBytes, handle }) => ({
      method,
      path: `${place}/mlflow${path}`,
      ...access,
      ...(method === "GET" ? {} : { body: "text" as const, bodyLimitBytes }),
      handle: async (ctx, request) => answerOf(await handle(createScope(deps, ctx, request))),
    })),
  );

const answerOf = (body: object | JsonText): ProtocolAnswer =>
  typeof body === "string" ? { status: 200, headers: jsonType, body } : { status: 200, body };

const jsonType = { "content-type": "application/json; charset=utf-8" };
