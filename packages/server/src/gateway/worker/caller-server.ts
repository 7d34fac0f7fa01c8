import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { minVersion } from "../../drivers/tls/index.ts";

export interface CallerServerOptions {
  /** For the headers of a request to arrive. */
  readonly headersTimeoutMs?: number;
  /** For the whole of a request to arrive. */
  readonly requestTimeoutMs?: number;
}

/** HTTP on sockets that somebody else accepted. */
export interface CallerServer {
  readonly connections: number;
  take(socket: Socket): void;
  /** Sockets that are taken from now on speak TLS. */
  serveCertificate(certificate: { readonly cert: string; readonly key: string }): void;
  /** Answers what was asked, then closes every connection; cuts those that take longer than `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>;
}

export function createCallerServer(handle: RequestListener, options: CallerServerOptions = {}): CallerServer {
  const { headersTimeoutMs = 10_000, requestTimeoutMs = 30_000 } = options;
  const limits = {
    // longer than what load balancers in front usually keep, so that they close first
    keepAliveTimeout: 65_000,
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(2000, headersTimeoutMs),
  };
  const server = createServer(limits, handle);
  let tlsServer: ReturnType<typeof createTlsServer> | undefined;
  // It never listens itself, and this event is what starts node's bookkeeping of connections and their time limits.
  server.emit("listening");
  const sockets = new Set<Socket>();
  return {
    get connections() {
      return sockets.size;
    },
    take(socket) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      (tlsServer ?? server).emit("connection", socket);
    },
    serveCertificate({ cert, key }) {
      if (tlsServer) return tlsServer.setSecureContext({ cert, key, minVersion });
      tlsServer = createTlsServer({ ...limits, cert, key, minVersion, handshakeTimeout: headersTimeoutMs }, handle);
      tlsServer.prependListener("request", (_request, response) =>
        response.setHeader("strict-transport-security", "max-age=31536000"),
      );
      tlsServer.emit("listening");
    },
    async drain(timeoutMs) {
      const servers = [server, ...(tlsServer ? [tlsServer] : [])];
      for (const each of servers)
        each.prependListener("request", (_request, response) => response.setHeader("connection", "close"));
      const deadline = performance.now() + timeoutMs;
      let silent = new Set<Socket>();
      while (sockets.size > 0 && performance.now() < deadline) {
        for (const each of servers) each.closeIdleConnections();
        // Node counts a connection as busy until its first request is over, even if that never began. What is here already
        // of a request is read in the pause: only who was silent before it, too, asked nothing.
        for (const socket of silent) if (socket.bytesRead === 0) socket.destroy();
        silent = new Set([...sockets].filter(({ bytesRead }) => bytesRead === 0));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      for (const socket of sockets) socket.destroy();
    },
  };
}
