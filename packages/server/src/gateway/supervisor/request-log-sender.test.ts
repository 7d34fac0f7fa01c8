import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { silentLogger } from "../../kernel/logger.ts";
import { ApiClient } from "./api-client.ts";
import { RequestLogSender } from "./request-log-sender.ts";
import { RequestLogSpool } from "./request-log-spool.ts";

let folder: string;
let api: Server;
let status: number;
let taken: string[];
let asked: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pave-request-log-"));
  [status, taken, asked] = [413, [], 0];
  api = createServer(async (request, response) => {
    const lines = (await text(request)).split("\n").filter(Boolean);
    asked += 1;
    if (lines.includes('"bad"')) return void response.writeHead(status).end("no");
    taken.push(...lines.filter((line) => !line.startsWith("{")));
    const acknowledged = lines.flatMap((line) => (line.startsWith("{") ? [JSON.parse(line).part] : []));
    response.end(JSON.stringify({ acknowledged }));
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  api.closeAllConnections();
  await new Promise((resolve) => api.close(resolve));
  await rm(folder, { recursive: true });
});

async function spoolOf(rows: readonly string[]): Promise<RequestLogSpool> {
  const spool = new RequestLogSpool(folder, silentLogger);
  const release = { deploymentId: "d", releaseId: "r", modelVersion: "1", answers: { kind: "number" as const } };
  for (const row of rows) {
    spool.add({ releases: [{ ...release, seen: 1, kept: 1 }], rows: 1, lines: `"${row}"\n` });
    await spool.close();
  }
  return spool;
}

function send(spool: RequestLogSpool): () => Promise<void> {
  const stopping = new AbortController();
  const { port } = api.address() as AddressInfo;
  const client = new ApiClient({ apiUrl: `http://127.0.0.1:${port}`, token: "t" });
  const sender = new RequestLogSender({ api: client, spool, log: silentLogger, signal: stopping.signal });
  const running = sender.run();
  return async () => {
    stopping.abort();
    await running;
  };
}

test("a part that is refused is given up, and no other with it", async () => {
  const spool = await spoolOf(["a", "b", "bad", "c"]);
  const stop = send(spool);
  await vi.waitFor(async () => expect(await spool.waiting(1e6)).toBeUndefined(), 60_000);
  await stop();
  expect(taken).toEqual(['"a"', '"b"', '"c"']);
});

test("what the api could not do now waits", async () => {
  status = 503;
  const spool = await spoolOf(["a", "bad"]);
  const stop = send(spool);
  await vi.waitFor(() => expect(asked).toBeGreaterThan(1), 60_000);
  await stop();
  expect((await spool.waiting(1e6))?.toString()).toContain('"bad"');
});
