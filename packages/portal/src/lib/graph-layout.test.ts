import { describe, expect, it } from "vitest";
import { edgeId, layoutGraph, linePath } from "./graph-layout.ts";

const node = (id: string) => ({ id, width: 100, height: 40 });
const place = (layout: ReturnType<typeof layoutGraph>, id: string) => layout.positions.get(id) ?? { x: NaN, y: NaN };

describe("a graph's layout", () => {
  const layout = layoutGraph(["ingest", "split", "train", "evaluate"].map(node), [
    { from: "ingest", to: "split" },
    { from: "split", to: "train" },
    { from: "split", to: "evaluate" },
    { from: "train", to: "evaluate" },
    { from: "gone", to: "train" },
  ]);

  it("lets every edge point right, with room between", () => {
    for (const [from, to] of [
      ["ingest", "split"],
      ["split", "train"],
      ["train", "evaluate"],
    ] as const)
      expect(place(layout, to).x).toBeGreaterThan(place(layout, from).x + 100);
  });

  it("covers all nodes", () => {
    expect([...layout.positions.keys()]).toEqual(["ingest", "split", "train", "evaluate"]);
    for (const { x, y } of layout.positions.values()) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + 100).toBeLessThanOrEqual(layout.width + 0.01);
      expect(y + 40).toBeLessThanOrEqual(layout.height + 0.01);
    }
  });

  it("does not lay parallel nodes over each other", () => {
    const parallel = layoutGraph(
      [node("a"), node("b"), node("c")],
      [
        { from: "a", to: "b" },
        { from: "a", to: "c" },
      ],
    );
    expect(Math.abs(place(parallel, "b").y - place(parallel, "c").y)).toBeGreaterThanOrEqual(40);
  });

  it("says where an edge passes the nodes between", () => {
    expect(layout.bends.get(edgeId({ from: "train", to: "evaluate" }))).toEqual([]);
    const bends = layout.bends.get(edgeId({ from: "split", to: "evaluate" })) ?? [];
    expect(bends.length).toBeGreaterThan(0);
    const train = place(layout, "train");
    for (const { x, y } of bends)
      expect(x < train.x || x > train.x + 100 || y < train.y || y > train.y + 40).toBe(true);
  });

  it("of nothing is empty", () => {
    expect(layoutGraph([], [])).toMatchObject({ width: 0, height: 0 });
  });
});

it("draws a line level at its ends", () => {
  expect(
    linePath([
      { x: 0, y: 0 },
      { x: 10, y: 20 },
    ]),
  ).toBe("M0,0C5,0 5,20 10,20");
});
