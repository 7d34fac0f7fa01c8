import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { json, text } from "node:stream/consumers";
import {
  defaultRequestLogRule,
  type GatewayConfig,
  type GatewayEndpoint,
  type GatewayRelease,
  type GatewayReport,
  gatewayReportSchema,
} from "@pave/contract";

export const fixtureFolder = (name: string) => join(import.meta.dirname, "..", "fixtures", name);

/** A release of the fixture model `name`, with URLs that FakeApi serves. */
export function releaseOf(name: string, version: string, releaseId = `release-${version}`): GatewayRelease {
  const folder = fixtureFolder(name);
  const files = readdirSync(folder).map((path) => {
    const bytes = readFileSync(join(folder, path));
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    return { path, digest, size: bytes.length, url: `/files/${name}/${path}?signature=good` };
  });
  return {
    releaseId,
    modelName: name.replace(/-\d+$/, ""),
    modelVersion: version,
    modelDigest: `sha256:${"0".repeat(64)}`,
    files,
    state: "serve",
  };
}

/** `/production/flights/late`, served by one release. */
export function endpointOf(
  releases: GatewayRelease[],
  stable: GatewayRelease | undefined = releases[0],
): GatewayEndpoint {
  return {
    deploymentId: "deployment-1",
    environment: "production",
    project: "flights",
    deployment: "late",
    weights: stable ? [{ releaseId: stable.releaseId, weight: 100 }] : [],
    stableReleaseId: stable?.releaseId ?? null,
    releases,
    limits: { maxBodyBytes: 100_000, maxRows: 200, timeoutMs: 10_000 },
    log: defaultRequestLogRule,
  };
}

export const keyOfToken = (token: string, endpoints: "all" | string[] = "all", expiresAt: string | null = null) => ({
  sha256: createHash("sha256").update(token).digest("hex"),
  principalId: "principal-1",
  expiresAt,
  endpoints,
});

export type ReportedWindow = GatewayReport["windows"][number];

/** Speaks the gateway's side of the wire like the real api, whose own tests are elsewhere. */
export class FakeApi {
  readonly reports: GatewayReport[] = [];
  /** By window id: what the api would have counted. */
  readonly windows = new Map<string, ReportedWindow>();
  /** By path: files that are no fixture. */
  readonly files = new Map<string, string>();
  /** Windows that came again after they were acknowledged. */
  repeated = 0;
  /** Takes reports but does not acknowledge their windows. */
  isForgetful = false;
  config: GatewayConfig = { version: 0, endpoints: [], keys: [] };
  port = 0;
  #server: Server | undefined;
  #waiting: (() => void)[] = [];

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.port, "127.0.0.1", resolve));
    const address = server.address();
    if (typeof address === "object" && address) this.port = address.port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  publish(endpoints: GatewayEndpoint[], keys = [keyOfToken("secret")]) {
    this.config = { version: this.config.version + 1, endpoints, keys };
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Waits until the gateway has said that of a release. */
  async reported(releaseId: string, state: "ready" | "failed"): Promise<GatewayReport> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const report = this.reports.at(-1);
      if (report?.releases.some((release) => release.releaseId === releaseId && release.state === state)) return report;
      if (Date.now() > deadline)
        throw new Error(`${releaseId} did not become ${state}: ${JSON.stringify(report?.releases)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  counted(pick: (window: ReportedWindow) => number = ({ requests }) => requests): number {
    return [...this.windows.values()].reduce((sum, window) => sum + pick(window), 0);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    if (url.pathname.startsWith("/files/")) return this.#sendFile(url, request, response);
    if (request.headers.authorization !== "Bearer gateway-token") return void response.writeHead(401).end("{}");
    if (url.pathname === "/api/v1/gateway/config") return this.#sendConfig(url, response);
    if (url.pathname === "/api/v1/gateway/log") return this.#takeLog(request, response);
    if (url.pathname !== "/api/v1/gateway/report") return void response.writeHead(404).end("{}");

    const report = gatewayReportSchema.parse(await json(request));
    this.reports.push(report);
    for (const window of report.windows) {
      if (this.windows.has(window.windowId)) this.repeated += 1;
      this.windows.set(window.windowId, window);
    }
    const acknowledged = this.isForgetful ? [] : report.windows.map(({ windowId }) => windowId);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ acknowledged }));
  }

  async #takeLog(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const heads = (await text(request)).split("\n").filter((line) => line.startsWith('{"part"'));
    const acknowledged = heads.map((line) => (JSON.parse(line) as { part: string }).part);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ acknowledged }));
  }

  async #sendConfig(url: URL, response: ServerResponse): Promise<void> {
    const after = Number(url.searchParams.get("after"));
    if (after === this.config.version) {
      const waitMs = Math.min(2, Number(url.searchParams.get("waitSeconds"))) * 1000;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        setTimeout(resolve, waitMs).unref();
      });
    }
    if (after === this.config.version) return void response.writeHead(204).end();
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(this.config));
  }

  #sendFile(url: URL, request: IncomingMessage, response: ServerResponse) {
    const isAllowed = url.searchParams.get("signature") === "good" && request.headers.authorization === undefined;
    if (!isAllowed) return void response.writeHead(403).end();
    const [, , name = "", path = ""] = url.pathname.split("/");
    const file = this.files.get(url.pathname);
    if (file !== undefined) return void response.writeHead(200).end(file);
    try {
      response.writeHead(200).end(readFileSync(join(fixtureFolder(name), path)));
    } catch {
      response.writeHead(404).end();
    }
  }
}
