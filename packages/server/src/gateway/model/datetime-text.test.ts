import { expect, test } from "vitest";
import { isDatetimeText } from "./datetime-text.ts";

test.each([
  ["2026-03-01", true],
  ["2026-03-01T12:30", true],
  ["2026-03-01T12:30:15Z", true],
  ["2026-03-01 12:30:15.123456789", true],
  ["2026-03-01T12:30:15,5+05:30", true],
  ["2026-03-01T12:30:15-0800", true],
  ["2024-02-29", true],
  ["2026-02-29", false],
  ["2026-13-01", false],
  ["2026-03-00", false],
  ["2026-03-01T24:00:00Z", false],
  ["2026-03-01T12:60:00Z", false],
  ["2026-03-01T12:30:60Z", false],
  ["2026-03-01T12:30:00+24:00", false],
  ["2026-03-01Z", false],
  ["1677-09-21", false],
  ["2262-04-12", false],
  ["01.03.2026", false],
  ["yesterday", false],
  ["1772366400", false],
  ["", false],
])("%j is a point in time: %s", (text, expected) => {
  expect(isDatetimeText(text)).toBe(expected);
});
