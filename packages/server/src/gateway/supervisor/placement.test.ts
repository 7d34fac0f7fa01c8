import { expect, test } from "vitest";
import { memoryLimit, placeOf, rowMs } from "./placement.ts";

const check = { p50Ms: 0.1, batchMs: 0.5, rssBytes: 150e6 };
const cases: [title: string, check: Partial<typeof check>, maxRows: number, place: "shared" | "apart"][] = [
  ["a small forest", {}, 1000, "shared"],
  ["a batch that takes long", { batchMs: 12 }, 100, "apart"],
  ["a fixed cost per run that no batch adds to", { p50Ms: 9, batchMs: 9 }, 100, "shared"],
  ["requests of many rows", { batchMs: 6.4 }, 1001, "apart"],
  ["requests of fewer rows", { batchMs: 6.4 }, 1000, "shared"],
  ["a large model", { rssBytes: 600 * 2 ** 20 }, 1, "apart"],
];

test.each(cases)("%s", (_title, changed, maxRows, place) => {
  expect(placeOf({ ...check, ...changed }, maxRows)).toBe(place);
});

test("an older check counts a row as a run, one without rows says nothing", () => {
  expect(rowMs({ p50Ms: 0.5, rssBytes: null })).toBe(0.5);
  expect(rowMs({ p50Ms: null, batchMs: null, rssBytes: null })).toBe(0);
});

test("memory: twice what the check needed, and a gigabyte", () => {
  expect(memoryLimit(check)).toBe(300e6 + 2 ** 30);
});
