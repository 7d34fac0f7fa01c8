import { expect, test } from "vitest";
import { describeBytes, parseBytes, waitAtMost } from "./time.ts";

test("sizes are said shortly, and what is said is read again", () => {
  const sizes = [1, 1536, 512 * 2 ** 20, 2.5 * 2 ** 30];
  expect(sizes.map(describeBytes)).toEqual(["1 B", "1.5 KiB", "512 MiB", "2.5 GiB"]);
  expect(["1", "1.5Ki", "512Mi", "2.5Gi"].map(parseBytes)).toEqual(sizes);
  expect(["", "much", "1 GiB", "-1"].map(parseBytes)).toEqual([undefined, undefined, undefined, undefined]);
});

test("what comes in time leaves no timer that keeps a process alive", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  await waitAtMost(60_000, Promise.resolve());
  await expect(waitAtMost(60_000, Promise.reject(new Error("early")))).rejects.toThrow("early");
  await waitAtMost(60_000, new Promise(() => {}), AbortSignal.timeout(10));
  await waitAtMost(1, new Promise(() => {}));
  expect(timers()).toBeLessThanOrEqual(before);
});
