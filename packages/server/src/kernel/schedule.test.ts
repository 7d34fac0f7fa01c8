import { expect, test } from "vitest";
import { parseSchedule } from "./schedule.ts";

const at = (text: string) => new Date(`2026-11-${text}:00.000Z`);
const now = at("20T12:00");

test.each([
  ["02:30", at("20T01:00"), at("20T02:30")],
  ["02:30", at("20T02:30"), at("21T02:30")],
  ["02:30", at("20T23:59"), at("21T02:30")],
  ["00:00", at("20T00:00"), at("21T00:00")],
  ["6h", at("20T01:00"), at("20T07:00")],
  ["7d", at("13T01:00"), at("20T01:00")],
  ["off", at("20T01:00"), null],
  ["02:30", null, now],
  ["6h", null, now],
  ["off", null, null],
])("%s after %s is due at %s", (text, last, expected) => {
  expect(parseSchedule(text)?.nextAfter(last, now)).toEqual(expected);
});

test.each(["", "24:00", "2:30", "daily", "10s", "02:60", "-1h"])("%j is no schedule", (text) => {
  expect(parseSchedule(text)).toBeUndefined();
});
