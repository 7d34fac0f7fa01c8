import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Server as TlsServer } from "node:tls";
import { installation } from "@pave/contract/installation";
import type { FastifyInstance } from "fastify";
import type { App } from "../app.ts";
import type { Config } from "../config.ts";
import { hostOf, minVersion, readCertificate, watchCertificate } from "../drivers/tls/index.ts";
import { createHttpServer } from "../http/server.ts";
import type { Logger } from "../kernel/logger.ts";
import { isOverTls } from "../settings-of.ts";
import { certificateFiles } from "./exposure.ts";

export interface Listening {
  /** As others reach it. */
  readonly url: string;
  /** As processes of this machine reach it, whatever certificate or proxy others see. */
  readonly localUrl: string;
  close(): Promise<void>;
}

/** The API and portal on their port. With TLS, `isLocal` opens a second, plain one on loopback for our own processes. */
export async function listen(app: App, config: Config, log: Logger, { isLocal = false } = {}): Promise<Listening> {
  const files = certificateFiles(config);
  const certificate = files && (await readCertificate(files));
  const server = await createHttpServer({
    handlers: app.handlers,
    protocols: app.protocols,
    access: app.access,
    createContext: app.createContext,
    log,
    allowedHosts: [
      ownHost(config.host),
      ...config.allowedHosts,
      ...(certificate?.names ?? []),
      ...(config.publicUrl ? [new URL(config.publicUrl).hostname] : []),
    ],
    secureCookies: isOverTls(config),
    trustedProxies: config.trustedProxies,
    ...(certificate ? { tls: { cert: certificate.cert, key: certificate.key, minVersion } } : {}),
    portal: { folder: installation.portal },
    docs: { folder: join(installation.root, "docs") },
  });
  const listened = await server.listen({ host: config.host, port: config.port });
  if (!files || !certificate) return { url: listened, localUrl: listened, close: () => server.close() };
  const stopWatching = watchCertificate({
    ...{ files, current: certificate, log },
    onChange: ({ cert, key }) => (server.server as unknown as TlsServer).setSecureContext({ cert, key, minVersion }),
  });
  const { port } = server.server.address() as AddressInfo;
  const url = `https://${hostOf(certificate, ownHost(config.host))}:${port}`;
  const local = isLocal ? await listenLocally(server) : undefined;
  return {
    url,
    localUrl: local?.url ?? url,
    async close() {
      stopWatching();
      local?.close();
      await server.close();
    },
  };
}

/** The same routes without TLS, for the gateway, the runner and steps of this machine, which need no certificate then. */
async function listenLocally(server: FastifyInstance): Promise<{ url: string; close(): void }> {
  const plain = createServer({ requestTimeout: 0, keepAliveTimeout: 72_000 }, (request, response) =>
    server.routing(request, response),
  );
  await new Promise<void>((resolve, reject) => {
    plain.once("error", reject);
    plain.listen({ host: "127.0.0.1", port: 0 }, resolve);
  });
  return {
    url: `http://127.0.0.1:${(plain.address() as AddressInfo).port}`,
    close() {
      plain.close();
      plain.closeAllConnections();
    },
  };
}

/** As a Host header names the address that we listen on. */
const ownHost = (host: string): string => (host.includes(":") ? `[${host}]` : host).toLowerCase();
