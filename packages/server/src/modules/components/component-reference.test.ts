import { expect, test } from "vitest";
import { compareVersions, isInRange, parseReference } from "./component-reference.ts";

test.each([
  ["pave/ingest-table@1", { kind: "library", name: "pave/ingest-table", version: "1" }],
  ["pave/ingest-table@1.2.3", { kind: "library", name: "pave/ingest-table", version: "1.2.3" }],
  ["./steps/train", { kind: "project", folder: "steps/train" }],
  ["./steps/train/", { kind: "project", folder: "steps/train" }],
  ["pave/ingest-table", undefined],
  ["pave/ingest-table@v1", undefined],
  ["pave/ingest-table@1.2.3.4", undefined],
  ["steps/train", undefined],
  ["./../other", undefined],
  ["./steps/../..", undefined],
  ["/steps/train", undefined],
  ["./", undefined],
])("%j refers to %j", (uses, expected) => {
  expect(parseReference(uses)).toEqual(expected);
});

test("a range covers the versions that begin with it, part by part", () => {
  expect(["1.0.0", "1.9.0", "1.10.0", "11.0.0", "2.0.0"].filter((version) => isInRange(version, "1"))).toEqual([
    "1.0.0",
    "1.9.0",
    "1.10.0",
  ]);
  expect(isInRange("1.20.0", "1.2")).toBe(false);
  expect(["1.10.0", "1.9.0", "1.9.10"].sort(compareVersions)).toEqual(["1.9.0", "1.9.10", "1.10.0"]);
});
