import { expect, it } from "vitest";
import { evidenceOf, evidenceText } from "./review-evidence.ts";

it.each([
  ["", []],
  ["run 12", [{ kind: "run", number: 12 }]],
  [
    "run 12, artifact 01a, https://example.org/x",
    [
      { kind: "run", number: 12 },
      { kind: "artifact", id: "01a" },
      { kind: "link", url: "https://example.org/x" },
    ],
  ],
  ["run twelve", undefined],
  ["javascript:alert(1)", undefined],
])("%s", (text, evidence) => {
  expect(evidenceOf(text)).toEqual(evidence);
  if (evidence) expect(evidenceOf(evidence.map((one) => evidenceText(one as never)).join(", "))).toEqual(evidence);
});
