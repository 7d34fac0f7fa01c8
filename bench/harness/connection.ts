import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export interface Sent {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** An object is sent as JSON. */
  readonly body?: object | Buffer;
}

export interface Received {
  readonly status: number;
  readonly body: Buffer;
}

/** One connection that stays open, with one request on it at a time. It is made anew where the server has closed it. */
export interface Connection {
  send(request: Sent): Promise<Received>;
  close(): void;
}

/**
 * HTTP/1.1 over a bare socket: it takes a tenth of the processor time of `node:http`, so that on a small machine the
 * server is measured and not who asks.
 */
export function openConnection(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  /** So often a request is made again where the connection was closed and nothing was answered. */
  retries = 0,
): Connection {
  const { hostname, port } = new URL(url);
  const common = Object.entries({ host: `${hostname}:${port}`, ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
  let socket: Socket | undefined;

  const opened = async (): Promise<Socket> => {
    if (socket && !socket.destroyed && socket.writable && !socket.readableEnded) return socket;
    socket = await new Promise<Socket>((resolve, reject) => {
      const made = connect(Number(port), hostname).setNoDelay(true);
      made.once("connect", () => {
        made.off("error", reject);
        resolve(made);
      });
      made.once("error", reject);
    });
    socket.on("error", () => undefined);
    return socket;
  };

  return {
    async send({ method, path, body }) {
      const bytes = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
      const type =
        body === undefined
          ? ""
          : `content-type: ${Buffer.isBuffer(body) ? "application/octet-stream" : "application/json"}\r\n`;
      const length = bytes || method !== "GET" ? `content-length: ${bytes?.length ?? 0}\r\n` : "";
      const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${common}${type}${length}\r\n`);
      for (let retry = 0; ; retry += 1) {
        const before = socket;
        const used = await opened();
        try {
          return await exchange(used, head, bytes);
        } catch (error) {
          // a server ends connections on which nothing was asked for some seconds, maybe just now
          const most = used === before ? Math.max(1, retries) : retries;
          if (retry >= most || !(error instanceof ClosedUnanswered)) throw error;
          used.destroy();
          if (retry > 0) await delay(250);
        }
      }
    },
    close: () => socket?.destroy(),
  };
}

class ClosedUnanswered extends Error {}

function exchange(socket: Socket, head: Buffer, bytes: Buffer | undefined): Promise<Received> {
  return new Promise((resolve, reject) => {
    const reader = createReader();
    const end = () => {
      socket.off("data", read).off("close", closed);
    };
    let isBegun = false;
    const closed = () => {
      end();
      const message = "the server closed the connection before it had answered";
      reject(isBegun ? new Error(message) : new ClosedUnanswered(message));
    };
    const read = (chunk: Buffer) => {
      isBegun = true;
      const received = reader(chunk);
      if (!received) return;
      end();
      if (received.closes) socket.destroy();
      resolve(received);
    };
    socket.on("data", read).on("close", closed);
    // small ones in one packet
    if (!bytes || bytes.length < 65_536) socket.write(bytes ? Buffer.concat([head, bytes]) : head);
    else {
      socket.write(head);
      socket.write(bytes);
    }
  });
}

/** Takes what comes until an answer is whole. */
function createReader(): (chunk: Buffer) => (Received & { readonly closes: boolean }) | undefined {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let head: { status: number; length: number | undefined; closes: boolean } | undefined;
  return (chunk) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (!head) {
      const all = chunks.length === 1 ? chunk : Buffer.concat(chunks);
      const end = all.indexOf("\r\n\r\n");
      chunks = [all];
      if (end < 0) return undefined;
      head = readHead(all.toString("latin1", 0, end));
      const rest = all.subarray(end + 4);
      chunks = [rest];
      bytes = rest.length;
    }
    const { status, length, closes } = head;
    if (length !== undefined) return bytes < length ? undefined : { status, closes, body: Buffer.concat(chunks) };
    const last = chunks.at(-1);
    // the last chunk of a chunked body is empty
    if (!last?.subarray(-5).equals(emptyChunk)) return undefined;
    const body = dechunk(Buffer.concat(chunks));
    return body && { status, closes, body };
  };
}

const emptyChunk = Buffer.from("0\r\n\r\n");

function readHead(text: string): { status: number; length: number | undefined; closes: boolean } {
  const status = Number(text.slice(9, 12));
  const length = /^content-length: (\d+)/im.exec(text)?.[1];
  const isChunked = /^transfer-encoding: chunked/im.test(text);
  if (length === undefined && !isChunked && status !== 204 && status !== 304)
    throw new Error(`an answer that does not say how long it is: ${text}`);
  return {
    status,
    length: isChunked ? undefined : Number(length ?? 0),
    closes: /^connection: close/im.test(text),
  };
}

/** Undefined while it is not whole. */
function dechunk(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf("\r\n", at);
    if (end < 0) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, end), 16);
    if (size === 0) return Buffer.concat(parts);
    if (end + 2 + size > bytes.length) return undefined;
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 4 + size;
  }
}
