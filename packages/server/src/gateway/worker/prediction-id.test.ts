import { validate, version } from "uuid";
import { expect, test } from "vitest";
import { newPredictionId } from "./prediction-id.ts";

test("ids are UUIDv7 of their time, in order within a millisecond", () => {
  const at = Date.parse("2026-01-02T03:04:05.678Z");
  const ids = Array.from({ length: 4096 }, () => newPredictionId(at));
  expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
  expect(ids.every((id) => Number.parseInt(id.replace("-", "").slice(0, 12), 16) === at)).toBe(true);
  expect(ids.toSorted()).toEqual(ids);
});

test("no two are the same, however many in a millisecond, and with a clock that goes back", () => {
  const ids = [5, 6, 5, 6].flatMap((nowMs) => Array.from({ length: 10_000 }, () => newPredictionId(nowMs)));
  expect(new Set(ids).size).toBe(ids.length);
});
