import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ClaimedWork, FinishBody, RemoteFile, WorkPayload } from "@pave/contract";
import { newId } from "../../kernel/ids.ts";
import { sleep } from "../../kernel/time.ts";

interface Row {
  readonly payload: WorkPayload;
  /** Grows with every claim; a test may raise it to give the work to another runner. */
  fence: number;
  leaseUntil: number;
  isCancelled: boolean;
  /** Different ends; the same end told twice counts once. */
  readonly finishes: FinishBody[];
  readonly log: Map<number, { stream: string; text: string }>;
  readonly states: Set<string>;
  claimedAt: number;
  finishedAt: number;
}

interface ClaimBody {
  readonly isolation: string;
  readonly capacity: number;
  readonly waitSeconds: number;
  readonly holding: readonly { workId: string; fence: number }[];
}

export interface FakeApi {
  readonly url: string;
  readonly blobs: Map<string, Buffer>;
  readonly claims: { isolation: string; capacity: number; holding: string[] }[];
  add(payload: WorkPayload): string;
  row(workId: string): Row;
  finished(workId: string, timeoutMs?: number): Promise<FinishBody>;
  text(workId: string, stream?: string): string;
  file(path: string, bytes: string | Buffer, executable?: boolean): RemoteFile;
  /** Larger uploads are answered with 413. */
  setMaxBlobBytes(bytes: number): void;
  /** Answers 503 until called with false. */
  setDown(isDown: boolean): void;
  close(): Promise<void>;
}

interface Failure {
  readonly status?: number;
  readonly code?: string;
}

const leaseMs = 1_500;

/** The five runner routes and signed files, in memory, with short leases. */
export async function startFakeApi(): Promise<FakeApi> {
  const rows = new Map<string, Row>();
  const blobs = new Map<string, Buffer>();
  const claims: FakeApi["claims"] = [];
  let isDown = false;
  let maxBlobBytes = Number.POSITIVE_INFINITY;

  /** Undefined when the fence is old or the work is over. */
  const held = (item: { workId: string; fence: number }): Row | undefined => {
    const row = rows.get(item.workId);
    if (!row || row.fence !== item.fence || row.finishes.length > 0) return undefined;
    row.leaseUntil = Date.now() + leaseMs;
    return row;
  };

  const lease = (capacity: number): ClaimedWork[] => {
    const isOpen = (row: Row) => row.finishes.length === 0 && row.leaseUntil < Date.now();
    const open = [...rows].filter(([, row]) => isOpen(row)).slice(0, capacity);
    return open.map(([workId, row]) => {
      row.fence += 1;
      row.leaseUntil = Date.now() + leaseMs;
      row.claimedAt = performance.now();
      const leaseUntil = new Date(row.leaseUntil).toISOString();
      return { workId, fence: row.fence, leaseUntil, leaseSeconds: leaseMs / 1000, payload: row.payload };
    });
  };

  const claim = async (body: ClaimBody, isClosed: () => boolean) => {
    const { isolation, capacity, holding } = body;
    claims.push({ isolation, capacity, holding: holding.map((item) => item.workId) });
    const deadline = Date.now() + Math.min(body.waitSeconds, 2) * 1000;
    for (;;) {
      const dropped = holding.filter((item) => !held(item)).map((item) => item.workId);
      const cancel = holding.filter((item) => held(item)?.isCancelled).map((item) => item.workId);
      const work = isClosed() ? [] : lease(capacity);
      const isEmpty = work.length + dropped.length + cancel.length === 0;
      if (!isEmpty || Date.now() >= deadline || isDown || isClosed()) return { work, dropped, cancel };
      await sleep(5);
    }
  };

  const beat = (item: { workId: string; fence: number; state: string }) => {
    const row = held(item);
    row?.states.add(item.state);
    const verdict = row ? (row.isCancelled ? "cancel" : "continue") : "lost";
    return { workId: item.workId, verdict, leaseUntil: new Date().toISOString() };
  };

  const finish = (row: Row, body: FinishBody) => {
    const isRepeated = row.finishes.some((known) => JSON.stringify(known) === JSON.stringify(body));
    if (!isRepeated) row.finishes.push(body);
    row.finishedAt = performance.now();
    return { ok: true };
  };

  const blob = (digest: string, method: string, body: Buffer): Failure | Buffer | object => {
    if (method === "GET") return blobs.get(digest) ?? { status: 404, code: "blob.not_found" };
    if (body.length > maxBlobBytes) return { status: 413, code: "request.too_large" };
    if (digestOf(body) !== digest) return { status: 422, code: "blob.digest_mismatch" };
    blobs.set(digest, body);
    return { ok: true };
  };

  const answer = async (request: IncomingMessage, path: string, body: Buffer): Promise<Failure | Buffer | object> => {
    const digest = /\/blobs\/(sha256:\w+)/.exec(path)?.[1];
    if (digest) return blob(digest, request.method ?? "", body);
    const json = JSON.parse(body.toString("utf8"));
    if (path.endsWith("/runner/claim")) return claim(json, () => request.socket.destroyed);
    if (path.endsWith("/runner/heartbeat")) return { items: json.items.map(beat) };
    const [, workId = "", verb = ""] = /\/work\/([^/]+)\/(\w+)/.exec(path) ?? [];
    const row = rows.get(workId);
    if (!row) return { status: 404, code: "work.not_found" };
    if (row.fence !== json.fence) return { status: 409, code: "work.lease_lost" };
    if (verb === "finish") return finish(row, json);
    if (verb === "logs") for (const chunk of json.chunks) row.log.set(chunk.offset, chunk);
    if (verb === "logs") return { next: 0 };
    return {
      uploads: json.files.map(({ digest }: { digest: string }) => ({
        digest,
        url: blobs.has(digest) ? null : urlOf(digest),
      })),
    };
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const result = isDown
      ? { status: 503, code: "server.unavailable" }
      : await answer(request, request.url ?? "", Buffer.concat(parts));
    if (Buffer.isBuffer(result)) return void response.end(result);
    const status = isDown ? 503 : ((result as Failure).status ?? 200);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(
      JSON.stringify(
        status < 400
          ? result
          : { error: { code: (result as Failure).code, message: String((result as Failure).code), docs: "" } },
      ),
    );
  };

  const server = createServer((request, response) => void handle(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const api: FakeApi = {
    url,
    blobs,
    claims,
    add(payload) {
      const workId = newId();
      const state = { fence: 0, leaseUntil: 0, isCancelled: false, claimedAt: 0, finishedAt: 0 };
      rows.set(workId, { payload, ...state, finishes: [], log: new Map(), states: new Set() });
      return workId;
    },
    row(workId) {
      const row = rows.get(workId);
      if (!row) throw new Error(`no work ${workId}`);
      return row;
    },
    async finished(workId, timeoutMs = 280_000) {
      for (const until = Date.now() + timeoutMs; Date.now() < until; await sleep(5)) {
        const [first] = api.row(workId).finishes;
        if (first) return first;
      }
      throw new Error(`work ${workId} was not finished; its log: ${api.text(workId)}`);
    },
    text: (workId, stream) =>
      [...api.row(workId).log]
        .sort(([a], [b]) => a - b)
        .filter(([, chunk]) => !stream || chunk.stream === stream)
        .map(([, chunk]) => chunk.text)
        .join(""),
    file(path, bytes, executable = false) {
      const content = Buffer.from(bytes);
      const digest = digestOf(content);
      blobs.set(digest, content);
      return { path, digest, size: content.length, executable, url: urlOf(digest) };
    },
    setMaxBlobBytes(bytes) {
      maxBlobBytes = bytes;
    },
    setDown(value) {
      isDown = value;
      if (value) server.closeAllConnections();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return api;
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

const urlOf = (digest: string): string => `/api/v1/blobs/${digest}?signature=x`;
