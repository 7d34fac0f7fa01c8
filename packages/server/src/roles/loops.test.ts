import { expect, test } from "vitest";
import { pauseMs } from "./loops.ts";

test.each([
  ["a second", 1_000, 0, 1_000],
  ["a second, failed once", 1_000, 1, 2_000],
  ["a second, failing on and on", 1_000, 20, 30_000],
  ["an hour", 3_600_000, 0, 3_600_000],
  ["an hour, failed twice", 3_600_000, 2, 3_600_000],
])("a duty of every %s pauses as long as it should", (_, everyMs, failures, expected) => {
  expect(pauseMs(everyMs, failures)).toBe(expected);
});
