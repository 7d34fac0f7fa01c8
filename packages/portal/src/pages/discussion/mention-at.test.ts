import { expect, it } from "vitest";
import { completeMention, mentionAt } from "./mention-at.ts";

it.each([
  ["hello @gr", { from: 7, prefix: "gr" }],
  ["@", { from: 1, prefix: "" }],
  ["(@ada-b", { from: 2, prefix: "ada-b" }],
  ["mail@exam", undefined],
  ["hello @gr ", undefined],
])("%s", (text, at) => {
  expect(mentionAt(text, text.length)).toEqual(at);
});

it("a name takes the place of what was typed of it, and the caret stands behind", () => {
  expect(completeMention("ask @gr please", 7, "grace")).toEqual({ text: "ask @grace please", caret: 11 });
  expect(completeMention("no mention", 3, "grace")).toEqual({ text: "no mention", caret: 3 });
});
