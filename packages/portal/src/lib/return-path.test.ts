import { expect, test } from "vitest";
import { returnPath } from "./return-path.ts";

test.each([
  [{ path: "/device?code=BCDF-GHJK", at: 1000 }, "/device?code=BCDF-GHJK"],
  [{ path: "//evil.example.com", at: 1000 }, "/"],
  [{ path: "/\\evil.example.com", at: 1000 }, "/"],
  [{ path: "https://evil.example.com", at: 1000 }, "/"],
  [{ path: "/sign-in", at: 1000 }, "/"],
  [{ path: "/device", at: -900_001 }, "/"],
  [{ path: 7, at: 1000 }, "/"],
  [null, "/"],
])("%j", (kept, expected) => {
  expect(returnPath(kept, 1000)).toBe(expected);
});
