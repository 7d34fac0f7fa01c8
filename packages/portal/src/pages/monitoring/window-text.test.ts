import { expect, test } from "vitest";
import { windowText } from "./window-text.ts";

const window = { since: "2026-01-01T00:00:00.000Z", neededRows: 500, judgedBy: "2026-01-02T00:00:00.000Z" };

test("a window says how many rows it still needs, and that it has enough once only time is missing", () => {
  expect(windowText({ ...window, rows: 207 })).toBe("207 of 500 rows");
  expect(windowText({ ...window, rows: 1720 })).toBe("1,720 rows, soon judged");
  expect(windowText(null)).toBe("–");
});
