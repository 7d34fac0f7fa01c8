import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

export interface PortalOptions {
  /** The built portal: `index.html` and hashed assets. */
  readonly folder: string;
}

const contentSecurity =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/**
 * The portal's files, looked up at each request, so that a new build needs no restart. A path that names no file and no
 * API is the single page, whose router shows what it means; a missing asset is missing.
 */
export async function servePortal(server: FastifyInstance, options: PortalOptions): Promise<void> {
  await server.register(fastifyStatic, {
    root: options.folder,
    serve: false,
    setHeaders: (reply, path) => {
      void reply.header(
        "cache-control",
        path.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
      );
      if (path.endsWith(".html")) void reply.header("content-security-policy", contentSecurity);
    },
  });
  server.get("/*", (request, reply) => {
    const path = (request.params as { "*": string })["*"];
    if (path.startsWith("api/")) return reply.callNotFound();
    if (path.startsWith("assets/") || path === "favicon.svg") return reply.sendFile(path);
    if (existsSync(join(options.folder, "index.html"))) return reply.sendFile("index.html");
    return reply
      .type("text/plain")
      .send("The portal is not built. Run `npm run build -w @pave/portal`, then load this page again.\n");
  });
}
