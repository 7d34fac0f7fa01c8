import { diffValues } from "@pave/contract";
import { expect, it } from "vitest";
import { orderDifferences } from "./order-differences.ts";

it("puts the version before the revision, and digests last", () => {
  const before = { digest: "sha256:1", limits: { rows: 1 }, release: 1, revision: 2, modelVersion: "1" };
  const after = { digest: "sha256:2", limits: { rows: 2 }, revision: 4, modelVersion: "2" };
  expect(orderDifferences(diffValues(before, after)).map(({ path }) => path)).toEqual([
    "modelVersion",
    "release",
    "revision",
    "limits.rows",
    "digest",
  ]);
});
