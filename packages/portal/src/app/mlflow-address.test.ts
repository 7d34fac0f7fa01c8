import { expect, test } from "vitest";
import { runOfAddress } from "./mlflow-address.ts";

const id = "01a2274a073a75a1a171d3faed2f9330";

test.each([
  [`#/experiments/1/runs/${id}`, id],
  [`/experiments/12/runs/${id}/`, id],
  [`/experiments/1/runs/${id}' or '1`, undefined],
  ["/experiments/1", undefined],
  ["pave_link_x", undefined],
  ["", undefined],
])("%s", (hash, expected) => {
  expect(runOfAddress(hash)).toBe(expected);
});
