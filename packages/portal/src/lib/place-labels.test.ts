import { expect, it } from "vitest";
import { placeLabels } from "./place-labels.ts";

const label = (x: number) => ({
  x,
  widths: [
    { text: "release 1", width: 50 },
    { text: "1", width: 8 },
  ],
});
const room = { from: 0, to: 200, gap: 4 };

it.each([
  ["right of its place", [20], ["release 1 at 24"]],
  ["left of it at the end", [190], ["release 1 at 136"]],
  ["the older left of it, where the newer has the room", [100, 96], ["release 1 at 104", "release 1 at 42"]],
  ["shortened where the whole does not fit", [60, 50], ["release 1 at 64", "1 at 38"]],
  ["not at all where nothing fits", [6, 5], ["release 1 at 10", undefined]],
])("puts a label %s", (_, places, expected) => {
  const placed = placeLabels(places.map(label), room);
  expect(placed.map((one) => one && `${one.text} at ${one.left}`)).toEqual(expected);
});
