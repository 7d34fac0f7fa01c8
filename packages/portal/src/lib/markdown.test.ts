import { describe, expect, it } from "vitest";
import { parseInline, parseMarkdown } from "./markdown.ts";

describe("markdown", () => {
  it("knows headings, paragraphs, lists, tables and code", () => {
    const text =
      "# Card\n\nOne\ntwo **bold**.\n- a\n  more\n- `b`\n\n| k | v |\n| --- | --- |\n| Owner | ops |\n```\n<b>\n```\n";
    expect(parseMarkdown(text)).toEqual([
      { kind: "heading", level: 1, content: [{ kind: "text", text: "Card" }] },
      {
        kind: "paragraph",
        content: [
          { kind: "text", text: "One two " },
          { kind: "strong", text: "bold" },
          { kind: "text", text: "." },
        ],
      },
      { kind: "list", ordered: false, items: [[{ kind: "text", text: "a more" }], [{ kind: "code", text: "b" }]] },
      {
        kind: "table",
        head: [[{ kind: "text", text: "k" }], [{ kind: "text", text: "v" }]],
        rows: [[[{ kind: "text", text: "Owner" }], [{ kind: "text", text: "ops" }]]],
      },
      { kind: "code", text: "<b>" },
    ]);
  });

  it("keeps links that could run something as plain text", () => {
    expect(
      parseInline("[w](/\\evil.example) [x](javascript:alert) [y](//evil.example) [z](https://ok.example)"),
    ).toEqual([
      { kind: "text", text: "w" },
      { kind: "text", text: " " },
      { kind: "text", text: "x" },
      { kind: "text", text: " " },
      { kind: "text", text: "y" },
      { kind: "text", text: " " },
      { kind: "link", text: "z", href: "https://ok.example" },
    ]);
  });

  it("ends on any text, also on what only looks like a table", () => {
    expect(parseMarkdown("| alone\n```\nopen")).toHaveLength(2);
    expect(parseMarkdown("")).toEqual([]);
  });
});
