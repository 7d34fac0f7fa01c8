import { expect, test } from "vitest";
import { toneOf } from "../../lib/status.ts";
import { driftWords } from "./drift-words.ts";

test("what could not be judged never looks as if it were well", () => {
  for (const status of ["too-few-rows", "constant-reference", "no-reference", "something-new"])
    expect(toneOf(driftWords(status).state)).toBe("idle");
  expect(toneOf(driftWords("ok").state)).toBe("good");
  for (const status of ["drift", "missing-values", "all-missing", "unseen-values"])
    expect(toneOf(driftWords(status).state)).toBe("bad");
});
