import type { Readable } from "node:stream";
import { beforeEach, expect, test } from "vitest";
import type { Ctx } from "../db/context.ts";
import type { StreamEvent } from "./event-stream.ts";
import type { RequestIo } from "./handlers.ts";
import { streamRoute } from "./stream-route.ts";

const ctx = { actor: { principalId: "ada", name: "ada" } } as Ctx;
let isSignedIn = true;
const subscribers = new Set<(event: StreamEvent) => void>();
const stream = streamRoute({
  hints: {
    subscribe(_last, send) {
      subscribers.add(send);
      return () => subscribers.delete(send);
    },
    close: async () => {},
  },
  readableProjectNames: async () => new Set(["mine"]),
  isStillSignedIn: async () => isSignedIn,
  lookEveryMs: 10,
});
beforeEach(() => {
  isSignedIn = true;
});

/** Opens a stream; what it said so far is in `text`. */
async function open() {
  const abort = new AbortController();
  const seen = { text: "", ended: false, close: () => abort.abort() };
  const io = {
    signal: abort.signal,
    headers: {},
    async send(_status: number, _headers: object, body: Readable) {
      body.on("data", (chunk) => {
        seen.text += chunk;
      });
      body.on("end", () => {
        seen.ended = true;
      });
    },
  } as unknown as RequestIo;
  await stream(ctx, { params: undefined, query: {}, body: undefined }, io);
  return seen;
}

test("a stream tells of what its reader may see, and ends when its session does", async () => {
  const seen = await open();
  const topics = ["project/mine", "project/other", "home"];
  for (const send of subscribers) send({ id: "b.1", event: "changed", topics });
  await expect.poll(() => seen.text).toContain('data: {"topics":["project/mine","home"]}');
  expect(seen.ended).toBe(false);
  isSignedIn = false;
  await expect.poll(() => seen.ended).toBe(true);
  expect(subscribers.size).toBe(0);
});

test("a principal has so many streams and no more; one that is closed makes room", async () => {
  const all = [];
  for (let count = 0; count < 32; count += 1) all.push(await open());
  await expect(open()).rejects.toMatchObject({
    code: "request.rate_limited",
    message: "ada has 32 event streams open, expected at most 32",
  });
  all[0]?.close();
  all.push(await open());
  for (const seen of all) seen.close();
  expect(subscribers.size).toBe(0);
});
