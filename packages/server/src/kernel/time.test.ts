import { expect, test } from "vitest";
import { describeBytes, parseBytes } from "./time.ts";

test("sizes are said shortly, and what is said is read again", () => {
  const sizes = [1, 1536, 512 * 2 ** 20, 2.5 * 2 ** 30];
  expect(sizes.map(describeBytes)).toEqual(["1 B", "1.5 KiB", "512 MiB", "2.5 GiB"]);
  expect(["1", "1.5Ki", "512Mi", "2.5Gi"].map(parseBytes)).toEqual(sizes);
  expect(["", "much", "1 GiB", "-1"].map(parseBytes)).toEqual([undefined, undefined, undefined, undefined]);
});
