import { expect, test } from "vitest";
import { nearestBox } from "./nearest-box.ts";

const box = (name: string, x: number, y: number) => ({ name, x, y });
const boxes = [box("data", 0, 0), box("code", 0, 80), box("run", 250, 40), box("model", 500, 40), box("live", 750, 0)];
const at = (name: string) => boxes.find((one) => one.name === name) ?? box("", 0, 0);

test.each([
  ["ArrowRight", "data", "run"],
  ["ArrowDown", "data", "code"],
  ["ArrowUp", "code", "data"],
  ["ArrowLeft", "run", "data"],
  ["ArrowRight", "run", "model"],
  ["ArrowRight", "live", null],
  ["ArrowLeft", "data", null],
  ["Enter", "data", null],
])("%s from %s leads to %s", (key, from, to) => {
  expect(nearestBox(key, at(from), boxes)?.name ?? null).toBe(to);
});
