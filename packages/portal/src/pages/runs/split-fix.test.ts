import { expect, it } from "vitest";
import { splitFix } from "./split-fix.ts";

it.each([
  [
    "error: input train: expected a column `late`, found delay; name one of these columns",
    "input train: expected a column `late`, found delay.",
    "Name one of these columns",
  ],
  [
    "step train exited with code 1: error: target: expected a column, found 'x'; its columns are a, b",
    "target: expected a column, found 'x'.",
    "Its columns are a, b",
  ],
  ["exited with 137; it was killed", "exited with 137; it was killed", null],
  ["took longer than 60 s", "took longer than 60 s", null],
])("sets the fix of %j apart", (message, problem, fix) => {
  expect(splitFix(message)).toEqual({ problem, fix });
});
