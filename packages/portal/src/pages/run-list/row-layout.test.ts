import type { RunGroup } from "@pave/contract";
import { expect, test } from "vitest";
import { layoutRows, type OpenGroup, pagesBetween, rowOf, segmentAt } from "./row-layout.ts";

const group = (value: string | null, count: number, isFound = false): RunGroup => ({
  value,
  count,
  isFound,
  metric: null,
  run: null,
});
/** `#a` is a heading, `all 0-9` are runs of a scope, with `>` for each level. */
const text = (by: string | undefined, groups: readonly RunGroup[], open: readonly OpenGroup[], total = 0) =>
  layoutRows({ by, total, groups, open })
    .segments.map((segment) =>
      segment.kind === "heading"
        ? `#${segment.group.value}`
        : `${">".repeat(segment.scope.depth)}${segment.scope.key} ${segment.from}-${segment.from + segment.count - 1}`,
    )
    .join(", ");

test("runs that are not grouped are one list", () => {
  expect(text(undefined, [], [], 10_000)).toBe("all 0-9999");
  expect(text(undefined, [], [], 0)).toBe("");
});

test("groups are headings, and those that are open have their runs below them", () => {
  const groups = [group("a", 3), group("b", 2), group(null, 1)];
  expect(text("params.x", groups, [])).toBe("#a, #b, #null");
  expect(
    text("params.x", groups, [
      { value: "b", at: null },
      { value: null, at: null },
    ]),
  ).toBe("#a, #b, >of b 0-1, #null, >none 0-0");
});

test("in a tree what lies below a run follows it, also below that", () => {
  const groups = [group("p", 3, true), group("q", 2, true), group("lost", 1), group(null, 10)];
  const open: OpenGroup[] = [
    { value: "p", at: { scope: "none", index: 4 } },
    { value: "q", at: { scope: "of p", index: 0 } },
    { value: "lost", at: null },
  ];
  expect(text("parent", groups, [])).toBe("#lost, none 0-9");
  expect(text("parent", groups, open)).toBe(
    "#lost, >of lost 0-0, none 0-4, >of p 0-0, >>of q 0-1, >of p 1-2, none 5-9",
  );
});

test("a row is found by its place, and its place by the run", () => {
  const layout = layoutRows({
    by: "parent",
    total: 0,
    groups: [group("p", 3, true), group(null, 10)],
    open: [{ value: "p", at: { scope: "none", index: 4 } }],
  });
  expect(layout.count).toBe(13);
  expect([0, 4, 5, 8, 12, 13].map((index) => segmentAt(layout, index)?.start)).toEqual([0, 0, 5, 8, 8, undefined]);
  expect([rowOf(layout, "none", 4), rowOf(layout, "of p", 1), rowOf(layout, "none", 5), rowOf(layout, "x", 0)]).toEqual(
    [4, 6, 8, undefined],
  );
});

test("only pages that have rows in sight are asked for", () => {
  const all = layoutRows({ by: undefined, total: 1000, groups: [], open: [] });
  expect(pagesBetween(all, 95, 205, 100).map(({ page }) => page)).toEqual([0, 1, 2]);
  const tree = layoutRows({
    by: "parent",
    total: 0,
    groups: [group("p", 250, true), group(null, 400)],
    open: [{ value: "p", at: { scope: "none", index: 99 } }],
  });
  expect(pagesBetween(tree, 90, 110, 100).map(({ scope, page }) => `${scope.key} ${page}`)).toEqual([
    "none 0",
    "of p 0",
  ]);
  expect(pagesBetween(tree, 340, 360, 100).map(({ scope, page }) => `${scope.key} ${page}`)).toEqual([
    "of p 2",
    "none 1",
  ]);
});
