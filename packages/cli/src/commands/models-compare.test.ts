import type { Client } from "@pave/contract";
import { expect, test } from "vitest";
import type { CommandContext } from "../command.ts";
import { modelsCompare } from "./models-compare.ts";

const row = (group: string, name: string, left: unknown, right: unknown) => ({
  ...{ group, name, left, right },
  differs: left !== right,
});
const compare = (left: string, right: string, rows: object[] = []) => {
  const client = {
    compareModelVersions: async ({ params, query }: { params: { version: string }; query: { with: string } }) => ({
      left: { name: "late", version: params.version },
      right: { name: "late", version: query.with },
      rows,
    }),
  } as unknown as Client;
  const context = { folder: "/", client: async () => client } as unknown as CommandContext;
  return modelsCompare.run(context, [left, right], { project: "flights" });
};

test("what differs is shown with both values, what is the same is counted", async () => {
  const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
  const { text } = await compare("late@1", "late@2", [
    row("metrics", "auc", 0.71234, 0.8),
    row("data", "table", digest("a"), digest("b")),
    row("params", "depth", null, "6"),
    row("signature", "input age", "long", "long"),
  ]);
  expect(text.split("\n")).toEqual([
    "late: version 1 and version 2",
    expect.stringMatching(/^ +1 +2 *$/),
    expect.stringMatching(/^metrics +auc +0\.7123 +0\.8000$/),
    expect.stringMatching(/^data +table +a{12} +b{12}$/),
    expect.stringMatching(/^params +depth +– +6$/),
    "  1 more are the same in both; --json has them.",
  ]);
  expect((await compare("late@1", "late@1")).text).toContain("Nothing differs.");
});

test.each([
  ["late", "late@2", "expected name@version"],
  ["late@1", "late@1@2", "expected name@version"],
  ["late@1", "early@2", "of two models"],
])("%s and %s cannot be compared", async (left, right, message) => {
  await expect(compare(left, right)).rejects.toThrow(message);
});
