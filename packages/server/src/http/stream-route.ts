import { PassThrough } from "node:stream";
import { topics } from "@pave/contract";
import type { Ctx } from "../db/context.ts";
import { PaveError } from "../kernel/pave-error.ts";
import type { Hints, StreamEvent } from "./event-stream.ts";
import type { Handler } from "./handlers.ts";

export interface StreamRouteDeps {
  readonly hints: Hints;
  /** Names of the projects that the actor may read, or "all". */
  readableProjectNames(ctx: Ctx): Promise<ReadonlySet<string> | "all">;
  /** Would the caller's token still be taken? */
  isStillSignedIn(ctx: Ctx): Promise<boolean>;
  /** How often what the reader may see is looked up again. */
  readonly lookEveryMs?: number;
}

const keepAliveMs = 15_000;

/** A browser takes one for all its tabs; this many are a client that forgets to close them. */
const maxStreams = 32;

/**
 * Hints of what changed, filtered to what the reader may see. That is looked up again every few seconds; a stream ends
 * when its token is revoked or over.
 */
export function streamRoute(deps: StreamRouteDeps): Handler<"stream"> {
  const open = new Map<string, number>();
  return async (ctx, _input, io) => {
    const { principalId, name } = ctx.actor;
    const count = open.get(principalId) ?? 0;
    if (count >= maxStreams)
      throw new PaveError(
        "request.rate_limited",
        `${name} has ${count} event streams open, expected at most ${maxStreams}`,
        {
          fix: "Close those that nobody reads.",
        },
      );
    open.set(principalId, count + 1);
    let readable: ReadonlySet<string> | "all" = new Set();
    const out = new PassThrough();
    const write = (text: string) => {
      if (!out.destroyed && !out.writableEnded) out.write(text);
    };
    const send = (event: StreamEvent) => {
      const topics = event.topics.filter((topic) => mayRead(readable, topic, principalId));
      if (event.event === "resync" || topics.length > 0)
        write(`id: ${event.id}\nevent: ${event.event}\ndata: ${JSON.stringify({ topics })}\n\n`);
    };
    let unsubscribe = () => {};
    const keepAlive = setInterval(() => write(": keep-alive\n\n"), keepAliveMs);
    const look = setInterval(() => void lookAgain().catch(() => undefined), deps.lookEveryMs ?? 5000);
    const lookAgain = async () => {
      if (!(await deps.isStillSignedIn(ctx))) stop();
      else readable = await deps.readableProjectNames(ctx);
    };
    const stop = () => {
      if (out.writableEnded) return;
      clearInterval(keepAlive);
      clearInterval(look);
      unsubscribe();
      out.end();
      const left = (open.get(principalId) ?? 1) - 1;
      if (left === 0) open.delete(principalId);
      else open.set(principalId, left);
    };
    try {
      await lookAgain();
    } catch (error) {
      stop();
      throw error;
    }
    write("retry: 2000\n\n");
    if (!out.writableEnded) unsubscribe = deps.hints.subscribe(io.headers["last-event-id"], send);
    io.signal.addEventListener("abort", stop, { once: true });
    if (io.signal.aborted) stop();
    await io.send(
      200,
      { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store", "x-accel-buffering": "no" },
      out,
    );
    return undefined;
  };
}

function mayRead(readable: ReadonlySet<string> | "all", topic: string, principalId: string): boolean {
  if (topic.startsWith("inbox/")) return topic === topics.inbox(principalId);
  if (readable === "all" || !topic.startsWith("project/")) return true;
  return readable.has(topic.split("/")[1] ?? "");
}
