import type { ErrorBody, ErrorCode } from "./errors.ts";
import type { ClientInput, ClientOutput, RouteDefinition } from "./route.ts";
import { type RouteName, routes } from "./routes.ts";

/** A failed API call, with everything the server said about it. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly body: ErrorBody;
  constructor(status: number, body: ErrorBody) {
    super(body.message);
    this.status = status;
    this.body = body;
  }
  get code(): ErrorCode {
    return this.body.code;
  }
}

export interface ClientOptions {
  /** Origin such as `http://127.0.0.1:4700`; empty in the browser. */
  readonly baseUrl: string;
  readonly token?: string | undefined;
  readonly fetch?: typeof fetch;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** For `raw: "request"` routes. */
  readonly bytes?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
}

type Routes = typeof routes;
type Arguments<D extends RouteDefinition> = keyof ClientInput<D> extends never
  ? [input?: Record<string, never>, options?: CallOptions]
  : [input: ClientInput<D>, options?: CallOptions];
export type Client = {
  readonly [N in RouteName]: (...args: Arguments<Routes[N]>) => Promise<ClientOutput<Routes[N]>>;
} & {
  /** The answer itself, for routes that stream bytes. */
  raw(name: RouteName, input: unknown, options?: CallOptions): Promise<Response>;
};

/** One function per route of the table. Answers are trusted to have the declared shape; errors become ApiError. */
export function createClient(options: ClientOptions): Client {
  const call = (name: RouteName, input: unknown, callOptions: CallOptions = {}) =>
    send(options, routes[name], (input ?? {}) as Input, callOptions);
  const entries = (Object.keys(routes) as RouteName[]).map((name) => [
    name,
    async (input?: unknown, callOptions?: CallOptions) => {
      const response = await call(name, input, callOptions);
      return response.status === 204 ? undefined : response.json();
    },
  ]);
  return { ...Object.fromEntries(entries), raw: call } as Client;
}

interface Input {
  readonly params?: Record<string, unknown>;
  readonly query?: Record<string, unknown>;
  readonly body?: unknown;
}

async function send(
  options: ClientOptions,
  definition: RouteDefinition,
  input: Input,
  call: CallOptions,
): Promise<Response> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (options.token) headers.authorization = `Bearer ${options.token}`;
  if (call.bytes !== undefined) headers["content-type"] = "application/octet-stream";
  else if (definition.body) headers["content-type"] = "application/json";
  const init: RequestInit & { duplex?: "half" } = { method: definition.method, headers };
  if (call.signal) init.signal = call.signal;
  if (call.bytes !== undefined) {
    init.body = call.bytes;
    init.duplex = "half";
  } else if (definition.body) init.body = JSON.stringify(input.body ?? {});
  const response = await (options.fetch ?? fetch)(options.baseUrl + pathOf(definition, input), init);
  if (response.ok) return response;
  throw new ApiError(response.status, await errorBodyOf(response));
}

/** The path with its parameters and query filled in, below `/api/v1`. */
export function pathOf(definition: RouteDefinition, input: Input): string {
  const path = definition.path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String(input.params?.[name] ?? "")),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {}))
    if (value !== undefined && value !== null) query.set(name, String(value));
  const text = query.toString();
  return `/api/v1${path}${text ? `?${text}` : ""}`;
}

async function errorBodyOf(response: Response): Promise<ErrorBody> {
  const text = await response.text().catch(() => "");
  try {
    const parsed = JSON.parse(text) as { error?: ErrorBody };
    if (parsed.error?.code) return parsed.error;
  } catch {
    // not ours: a proxy's page, or nothing
  }
  return {
    code: "server.unavailable",
    message: `The server answered ${response.status} ${response.statusText}`.trim(),
    docs: "/docs/errors",
  };
}
