import { expect, test } from "vitest";
import { windowText } from "./window-text.ts";

test("windows are named by their beginning in UTC", () => {
  expect(windowText("week", "2001-06-11T00:00:00.000Z")).toBe("11 Jun");
  expect(windowText("day", "2001-06-11T00:00:00.000Z", true)).toBe("11 Jun 2001");
  expect(windowText("hour", "2001-06-11T17:00:00.000Z", true)).toBe("11 Jun 2001, 17:00");
});
