import { describe, expect, it } from "vitest";
import { lineAtRow, rowTops } from "./line-rows.ts";

const lines = ["abc", "", "abcdefgh", "x"].map((text) => ({ text }));

describe("rows of lines", () => {
  it("are one each without wrapping", () => {
    expect([...rowTops(lines, null)]).toEqual([0, 1, 2, 3, 4]);
  });

  it("are as many as the text needs with wrapping, and at least one", () => {
    const tops = rowTops(lines, 3);
    expect([...tops]).toEqual([0, 1, 2, 5, 6]);
    expect([0, 1, 2, 3, 4, 5, 99].map((row) => lineAtRow(tops, row))).toEqual([0, 1, 2, 2, 2, 3, 3]);
  });

  it("of nothing are none", () => {
    expect(lineAtRow(rowTops([], 80), 5)).toBe(0);
  });
});
