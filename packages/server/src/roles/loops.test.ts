import { expect, test } from "vitest";
import type { Ctx } from "../db/context.ts";
import { pauseMs, runLoops } from "./loops.ts";

test.each([
  ["a second", 1_000, 0, 1_000],
  ["a second, failed once", 1_000, 1, 2_000],
  ["a second, failing on and on", 1_000, 20, 30_000],
  ["an hour", 3_600_000, 0, 3_600_000],
  ["an hour, failed twice", 3_600_000, 2, 3_600_000],
])("a duty of every %s pauses as long as it should", (_, everyMs, failures, expected) => {
  expect(pauseMs(everyMs, failures)).toBe(expected);
});

test("a loop ends when what its rounds left under way has ended", async () => {
  const [stop, slow, began] = [new AbortController(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const happened: string[] = [];
  const loop = {
    ...{ name: "slow", everyMs: 60_000 },
    run: async () => began.resolve(),
    async end() {
      happened.push("asked to stop");
      await slow.promise;
      happened.push("stopped");
    },
  };
  const ended = runLoops([loop], () => ({}) as Ctx, stop.signal).then(() => happened.push("ended"));
  await began.promise;
  stop.abort();
  await expect.poll(() => happened).toEqual(["asked to stop"]);
  slow.resolve();
  await ended;
  expect(happened).toEqual(["asked to stop", "stopped", "ended"]);
});
