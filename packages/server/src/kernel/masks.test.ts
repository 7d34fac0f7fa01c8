import { expect, test } from "vitest";
import { createMasker, masksOf } from "./masks.ts";

const value = 'p/ä"ss wörd+7!';
const mask = createMasker(masksOf("TOKEN", value));

test.each([
  ["as it is", value],
  ["in base64", Buffer.from(value).toString("base64")],
  ["in base64 without padding", Buffer.from(value).toString("base64").replace(/=+$/, "")],
  ["in base64 for URLs", Buffer.from(value).toString("base64url")],
  ["in base64 with a line's end", Buffer.from(`${value}\n`).toString("base64")],
  ["in a URL", encodeURIComponent(value)],
  ["in a form", new URLSearchParams({ a: value }).toString().slice(2)],
  ["in JSON", JSON.stringify(value).slice(1, -1)],
  ["in JSON of Python", 'p/\\u00e4\\"ss w\\u00f6rd+7!'],
  ["in hex", Buffer.from(value).toString("hex")],
])("a value %s is masked", (_, text) => {
  expect(mask(`before ${text} after`)).toBe("before *** after");
});

test("a password in the header of basic authentication is masked but for the letters that it shares with others", () => {
  for (const user of ["a", "ab", "abc", "abcd"]) {
    const header = Buffer.from(`${user}:correct-horse-battery`).toString("base64");
    const found = createMasker(masksOf("P", "correct-horse-battery"))(header);
    expect(found).toContain("***");
    expect(Buffer.from(found.split("***")[1] ?? "", "base64").toString()).not.toMatch(/tter/);
  }
});

test("lines of a longer value are masked one by one, but not short ones", () => {
  const key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nAb\n-----END KEY-----\n";
  const lines = createMasker(masksOf("KEY", key));
  expect(lines("x MIIEvQIBADANBgkq y Ab")).toBe("x *** y Ab");
  expect(lines(key)).not.toContain("Ab");
});

test("texts and keys deep within a value are masked, other things stay", () => {
  expect(mask({ [`k ${value}`]: [1, null, { deep: value, time: true }] })).toEqual({
    "k ***": [1, null, { deep: "***", time: true }],
  });
  expect(createMasker([])("text")).toBe("text");
});
