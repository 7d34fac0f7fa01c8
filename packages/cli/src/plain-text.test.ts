import type { Client } from "@pave/contract";
import { expect, test } from "vitest";
import { logWriter, plain, plainClient, plainText, shownJson } from "./plain-text.ts";

const esc = "\u001b";

test.each([
  ["a colour", `${esc}[31mred${esc}[0m`, "red"],
  ["the screen cleared", `a${esc}[2J${esc}[1;1Hb`, "ab"],
  ["the window's title", `${esc}]0;owned\u0007x`, "x"],
  ["a link", `${esc}]8;;http://evil\u0007text${esc}]8;;\u0007`, "text"],
  ["an escape cut short", `a${esc}`, "a"],
  ["a bell, a backspace, a carriage return", "a\u0007b\u0008c\rd", "abcd"],
  ["C1 controls", "a\u009b31mb\u0085c", "abc"],
  ["lines and tabs", "a\n\tb", "a\n\tb"],
  ["other scripts", "Größe 大きさ 📈", "Größe 大きさ 📈"],
])("%s", (_, text, expected) => {
  expect(plainText(text)).toBe(expected);
});

test("every text of an answer is made plain, but not that of a log, nor a stream", async () => {
  const answer = { name: `${esc}[31mx`, list: [`${esc}[2Ja`, 1, null], [`${esc}[0mkey`]: true };
  expect(plain(answer)).toEqual({ name: "x", list: ["a", 1, null], key: true });
  const client = plainClient({
    getRun: async () => answer,
    getLogs: async () => answer,
    raw: async () => answer,
  } as unknown as Client);
  const params = { project: "p", run: 1, step: "s" };
  expect(await client.getRun({ params })).toEqual({ name: "x", list: ["a", 1, null], key: true });
  expect(await client.getLogs({ params, query: { after: 0 } })).toBe(answer);
  expect(await client.raw("getRun", {})).toBe(answer);
});

test("a log keeps its colours where they are wanted, and nothing else", () => {
  const pieces = [`a${esc}[3`, `1mred${esc}[0m${esc}[2Jb\r`, `\nc 10%\rc 20%\n${esc}]0;owned\u0007d`];
  const written = (colors: boolean) => {
    let text = "";
    const write = logWriter(
      (part) => {
        text += part;
      },
      { colors },
    );
    for (const piece of pieces) write(piece);
    return text;
  };
  expect(written(true)).toBe(`a${esc}[31mred${esc}[0mb\nc 10%\nc 20%\nd`);
  expect(written(false)).toBe("ared" + "b\nc 10%\nc 20%\nd");
});

test("JSON is the value, without a control character", () => {
  const value = { text: `${esc}[31m\u009b2J\u007f\u0007` };
  expect(JSON.parse(shownJson(value, 2))).toEqual(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are looked for
  expect(shownJson(value, 2)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});
