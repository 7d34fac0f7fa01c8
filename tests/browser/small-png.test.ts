import { expect, test } from "vitest";
import { readPng, smallPng, writePng } from "./small-png.ts";

/** A picture in true colour: each pixel is what `color` says. */
const picture = (width: number, height: number, color: (x: number, y: number) => number): Buffer =>
  writePng({
    width,
    height,
    colors: Uint32Array.from({ length: width * height }, (_, i) => color(i % width, Math.floor(i / width))),
  });

test("a picture of few colours keeps each of them, and is smaller", () => {
  const png = picture(200, 50, (x, y) => ((x * 7) % 16) * 0x0a0b0c + (y % 3));
  const small = smallPng(png);
  expect(readPng(small)).toEqual(readPng(png));
  expect(smallPng(small)).toEqual(small);
  expect(small.length).toBeLessThan(png.length);
});

test("a picture of many colours keeps those that cover most of it, and no colour is far off", () => {
  const isGround = (x: number) => x < 150;
  const png = picture(200, 200, (x, y) => (isGround(x) ? 0x1a1d1c : (y << 16) | ((x & 63) << 10) | (255 - y)));
  const [before, after] = [readPng(png), readPng(smallPng(png))];
  const off = [...before.colors].map((color, i) =>
    Math.max(...[16, 8, 0].map((bits) => Math.abs(((color >> bits) & 255) - (((after.colors[i] ?? 0) >> bits) & 255)))),
  );
  expect(Math.max(...off.filter((_, i) => isGround(i % 200)))).toBe(0);
  expect(Math.max(...off)).toBeLessThan(64);
  expect(new Set(after.colors).size).toBeLessThanOrEqual(256);
});

test("what is no picture of a browser is refused", () => {
  const png = picture(2, 2, () => 0);
  png[24] = 16;
  expect(() => smallPng(png)).toThrow("a PNG of 16 bits and kind 2 is not read");
});
