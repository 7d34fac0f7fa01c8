import { expect, test } from "vitest";
import { outlineOf } from "./spec-outline.ts";

test("a pave.yaml is read loosely", async () => {
  const text = "name: wine\nowner: growth\npipelines: { train: {}, score: {} }\nserve: { wine: {} }\nowne: x\n";
  expect(await outlineOf(text)).toEqual({
    name: "wine",
    owner: "growth",
    pipelines: ["train", "score"],
    serves: ["wine"],
    problem: null,
  });
});

test.each([["- a\n"], ["7\n"], [""], ["pipelines: [a]\nname: 7\n"]])("%j names nothing", async (text) => {
  expect(await outlineOf(text)).toMatchObject({ name: undefined, serves: [], problem: null });
});

test("what is no YAML says where", async () => {
  expect((await outlineOf("name: wine\nowner: [a\n")).problem).toMatch(/line 3/);
});
