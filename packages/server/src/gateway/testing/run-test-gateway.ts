import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "../../kernel/logger.ts";
import { type GatewayOptions, type RunningGateway, startGateway } from "../run-gateway.ts";
import type { FakeApi } from "./fake-api.ts";

/** A gateway with real worker processes on a folder of its own. */
export class TestGateway {
  readonly folder: string;
  readonly #api: FakeApi;
  #running: RunningGateway | undefined;
  #stopping = new AbortController();

  constructor(api: FakeApi, folder: string) {
    this.#api = api;
    this.folder = folder;
  }

  static async start(api: FakeApi, options: Partial<GatewayOptions> = {}): Promise<TestGateway> {
    const gateway = new TestGateway(api, await mkdtemp(join(tmpdir(), "pave-gateway-")));
    await gateway.start(options);
    return gateway;
  }

  get running(): RunningGateway {
    if (!this.#running) throw new Error("the gateway is not running");
    return this.#running;
  }

  get url(): string {
    return `http://127.0.0.1:${this.running.port}`;
  }

  async start(options: Partial<GatewayOptions> = {}): Promise<void> {
    this.#stopping = new AbortController();
    const { url } = this.#api;
    this.#running = await startGateway({
      host: "127.0.0.1",
      port: 0,
      workers: 1,
      api: { apiUrl: url, token: "gateway-token" },
      dataFolder: this.folder,
      log: silentLogger,
      signal: this.#stopping.signal,
      ...options,
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running?.stopped;
    this.#running = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Asks below `/production/flights/late` with the token of the fake api's key. */
  async ask(path: string, { method = "GET", body, token = "secret", headers = {} }: AskOptions = {}): Promise<Answer> {
    const response = await fetch(`${this.url}/production/flights/late${path}`, {
      method: body === undefined ? method : "POST",
      headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" || body instanceof Uint8Array ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
  }
}

interface AskOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever came, to be compared with what should
  readonly body: any;
}
