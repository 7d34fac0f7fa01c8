import {
  certificateProblem,
  type GatewayConfig,
  type GatewayReport,
  type GatewayReportAnswer,
  gatewayConfigSchema,
  gatewayLogAnswerSchema,
  gatewayReportAnswerSchema,
} from "@pave/contract/gateway";
import { must } from "../../kernel/pave-error.ts";

/** Where the api is and what the gateway shows it. */
export interface ApiConnection {
  readonly apiUrl: string;
  readonly token: string;
}

/** What a gateway asks of the api; questions wait until it knows where that is. */
export class ApiClient {
  #connection: ApiConnection | undefined;
  readonly #told = Promise.withResolvers<void>();

  /** Without a connection it will be told of one. */
  constructor(connection: ApiConnection | undefined) {
    if (connection) this.connect(connection);
  }

  /** Empty as long as it was not told. */
  get apiUrl(): string {
    return this.#connection?.apiUrl ?? "";
  }

  /** A gateway that outlives a `pave up`, or is up before it, is told where the api is now. */
  connect(connection: ApiConnection) {
    this.#connection = { ...connection, apiUrl: connection.apiUrl.replace(/\/+$/, "") };
    this.#told.resolve();
  }

  /** The config once its version is not `after`; undefined when that took too long. */
  async config(after: number, signal: AbortSignal): Promise<GatewayConfig | undefined> {
    const response = await this.#ask(`/api/v1/gateway/config?after=${after}&waitSeconds=20`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(40_000)]),
    });
    return response.status === 204 ? undefined : gatewayConfigSchema.parse(await response.json());
  }

  async report(report: GatewayReport, signal: AbortSignal): Promise<GatewayReportAnswer> {
    const response = await this.#ask("/api/v1/gateway/report", {
      method: "POST",
      body: JSON.stringify(report),
      signal,
    });
    return gatewayReportAnswerSchema.parse(await response.json());
  }

  /** Parts of the request log, one after another. Returns those that are kept. */
  async sendLog(parts: Buffer, signal: AbortSignal): Promise<readonly string[]> {
    const response = await this.#ask(
      "/api/v1/gateway/log",
      { method: "POST", body: new Uint8Array(parts), signal },
      "application/x-ndjson",
    );
    return gatewayLogAnswerSchema.parse(await response.json()).acknowledged;
  }

  /** A signed URL carries its own right, so the token stays here. */
  async file(url: string, signal: AbortSignal): Promise<Response> {
    const { apiUrl } = await this.#connected(signal);
    return fetch(new URL(url, `${apiUrl}/`), {
      signal: AbortSignal.any([signal, AbortSignal.timeout(600_000)]),
    });
  }

  async #ask(
    path: string,
    init: { method?: string; body?: string | Uint8Array<ArrayBuffer>; signal: AbortSignal },
    contentType = "application/json",
  ): Promise<Response> {
    const { apiUrl, token } = await this.#connected(init.signal);
    const response = await fetch(`${apiUrl}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, "content-type": contentType },
    });
    if (response.ok) return response;
    throw new ApiAnswer(response.status, (await response.text()).slice(0, 200));
  }

  async #connected(signal: AbortSignal): Promise<ApiConnection> {
    if (!this.#connection) await untilResolved(this.#told.promise, signal);
    return must(this.#connection, "a connection");
  }
}

/** Rejects with the reason of the signal when that comes first. */
function untilResolved(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    void promise.then(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    });
  });
}

class ApiAnswer extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(`the api answered ${status}: ${text}`);
    this.status = status;
  }
}

/** The api says that what was sent is wrong, and will say so again. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof ApiAnswer && (error.status === 400 || error.status === 413);

/** `fetch failed` tells nothing; its cause does. */
export function reasonOf(error: unknown): string {
  const trust = certificateProblem(error);
  if (trust) return `the certificate is not trusted: ${trust.reason}. ${trust.fix}`;
  return error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
}
