import { describe, expect, it } from "vitest";
import { splitItems } from "./split-items.ts";

async function split(text: string, chunkBytes = text.length || 1): Promise<[number, string][]> {
  const bytes = Buffer.from(text);
  const items: [number, string][] = [];
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  };
  for await (const { line, text } of splitItems(chunks())) items.push([line, text]);
  return items;
}

describe("a body of labels", () => {
  const list = ' [ {"a": "]},[\\"é"} , [1, 2],\n"x", 3 ]\n';
  const lines = '\n{"a": 1}\r\n\n{"b": [1,\t2]}\n  \n7';

  it.each([1, 2, 3, 7, 1000])("is taken apart alike in pieces of %i bytes", async (chunkBytes) => {
    expect(await split(list, chunkBytes)).toEqual([
      [1, '{"a": "]},[\\"é"}'],
      [2, "[1, 2]"],
      [3, '"x"'],
      [4, "3"],
    ]);
    expect(await split(lines, chunkBytes)).toEqual([
      [2, '{"a": 1}'],
      [4, '{"b": [1,\t2]}'],
      [6, "7"],
    ]);
  });

  it("may be empty", async () => {
    expect(await split("")).toEqual([]);
    expect(await split(" \n ")).toEqual([]);
    expect(await split("[]")).toEqual([]);
  });

  it.each([["[1, 2"], ["[1] 2"], ["["], ['["a'], [`{"a": "${"x".repeat(70_000)}"}`]])(
    "is refused: %.20s",
    async (text) => {
      await expect(split(text, 1000)).rejects.toMatchObject({ code: "request.invalid" });
    },
  );
});
