import { failedModelCheck, type ModelCheck } from "@pave/contract";
import { expect, test } from "vitest";
import { boundedCheck } from "./bounded-check.ts";

const memoryBytes = 2 ** 30;
const good: ModelCheck = { ...failedModelCheck("", 2 ** 28), ok: true, heldBytes: 2 ** 20, inputExample: { a: 1 } };

test("what a check of this size says stays", () => {
  expect(boundedCheck(good, { memoryBytes })).toEqual(good);
});

test("what it makes up of itself has bounds", () => {
  const text = "x".repeat(1e6);
  const made = { ...good, rssBytes: 1e15, heldBytes: 1e15, problem: text, inputExample: { a: text } };
  expect(boundedCheck(made, { memoryBytes })).toMatchObject({
    rssBytes: memoryBytes,
    heldBytes: memoryBytes,
    problem: "x".repeat(2000),
    inputExample: null,
  });
  const feature = { name: "x".repeat(1000), type: "double" as const, required: true, shape: [] };
  const large = boundedCheck({ ...good, signature: Array.from({ length: 2000 }, () => feature) }, { memoryBytes });
  expect(large).toMatchObject({ ok: false, signature: null });
});
