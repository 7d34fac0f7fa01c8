import {
  type GatewayConfig,
  type GatewayReport,
  type GatewayReportAnswer,
  gatewayConfigSchema,
  gatewayLogAnswerSchema,
  gatewayReportAnswerSchema,
} from "@pave/contract";

/** Where the api is and what the gateway shows it. */
export interface ApiConnection {
  readonly apiUrl: string;
  readonly token: string;
}

/** What a gateway asks of the api. */
export class ApiClient {
  #connection: ApiConnection;

  constructor(connection: ApiConnection) {
    this.#connection = { ...connection, apiUrl: connection.apiUrl.replace(/\/+$/, "") };
  }

  get apiUrl(): string {
    return this.#connection.apiUrl;
  }

  /** A gateway that outlives a `pave up` is told by the next one where the api is now. */
  connect(connection: ApiConnection) {
    this.#connection = { ...connection, apiUrl: connection.apiUrl.replace(/\/+$/, "") };
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
  file(url: string, signal: AbortSignal): Promise<Response> {
    return fetch(new URL(url, `${this.#connection.apiUrl}/`), {
      signal: AbortSignal.any([signal, AbortSignal.timeout(600_000)]),
    });
  }

  async #ask(
    path: string,
    init: { method?: string; body?: string | Uint8Array<ArrayBuffer>; signal: AbortSignal },
    contentType = "application/json",
  ): Promise<Response> {
    const { apiUrl, token } = this.#connection;
    const response = await fetch(`${apiUrl}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, "content-type": contentType },
    });
    if (response.ok) return response;
    throw new ApiAnswer(response.status, (await response.text()).slice(0, 200));
  }
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
export const reasonOf = (error: unknown) =>
  error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
