import { join } from "node:path";
import { installation } from "@pave/contract/installation";
import type { App } from "../app.ts";
import type { Config } from "../config.ts";
import { createHttpServer } from "../http/server.ts";
import type { Logger } from "../kernel/logger.ts";

/** The API and portal on their port. */
export async function listen(app: App, config: Config, log: Logger): Promise<{ url: string; close(): Promise<void> }> {
  const server = await createHttpServer({
    handlers: app.handlers,
    protocols: app.protocols,
    access: app.access,
    createContext: app.createContext,
    log,
    allowedHosts: [
      ownHost(config.host),
      ...config.allowedHosts,
      ...(config.publicUrl ? [new URL(config.publicUrl).hostname] : []),
    ],
    secureCookies: config.publicUrl.startsWith("https:"),
    portal: { folder: installation.portal },
    docs: { folder: join(installation.root, "docs") },
  });
  const url = await server.listen({ host: config.host, port: config.port });
  return { url, close: () => server.close() };
}

/** As a Host header names the address that we listen on. */
const ownHost = (host: string): string => (host.includes(":") ? `[${host}]` : host).toLowerCase();
