import { expect, test } from "vitest";
import { splitMentions } from "./mentions.ts";

const marked = (text: string, told: string[]) =>
  splitMentions(text, told)
    .map(({ text, isMention }) => (isMention ? `[${text}]` : text))
    .join("");

test("who was told is marked, also at the end of a sentence", () => {
  expect(marked("@dana, ask @team-risk.", ["dana", "team-risk"])).toBe("[@dana], ask [@team-risk].");
});

test("who was not told, and an address, stay text", () => {
  expect(marked("@eve of me@dana.example, @danae", ["dana"])).toBe("@eve of me@dana.example, @danae");
  expect(marked("", ["dana"])).toBe("");
});
