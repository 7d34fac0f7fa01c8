import { describe, expect, test } from "vitest";
import { shownAs, shownHeaders } from "../shown-headers.ts";
import { parseDelimited, previewDelimited } from "./delimited.ts";
import { previewMlModel } from "./ml-model.ts";
import { previewNotebook } from "./notebook.ts";
import { previewTableJson } from "./table-json.ts";
import { decodeText, previewText } from "./text.ts";

const bytes = (...values: number[]) => new Uint8Array(values);

test("bytes are text only where they are UTF-8, and a character cut at the end is left out", () => {
  const umlaut = new TextEncoder().encode("aä");
  expect(decodeText(umlaut, false)).toBe("aä");
  expect(decodeText(umlaut.slice(0, 2), true)).toBe("a");
  expect(decodeText(umlaut.slice(0, 2), false)).toBeUndefined();
  expect(decodeText(bytes(97, 0, 98), false)).toBeUndefined();
  expect(decodeText(bytes(0x89, 0x50, 0x4e, 0x47), false)).toBeUndefined();
});

test("a text of one endless line is cut", () => {
  expect(previewText("short\nlines", "notes.md", false)).toEqual({
    ...{ kind: "text", text: "short\nlines", isMarkdown: true, isCut: false },
  });
  const cut = previewText("x".repeat(50_000), "a.txt", false);
  expect(cut).toMatchObject({ isMarkdown: false, isCut: true });
  expect(cut.kind === "text" && cut.text.length).toBe(4000);
});

describe("delimited text", () => {
  test.each([
    [
      "plain",
      "a,b\n1,2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "quotes with separators, quotes and line breaks",
      'a,"b ""c"", d"\n"e\nf",2',
      [
        ["a", 'b "c", d'],
        ["e\nf", "2"],
      ],
    ],
    [
      "Windows' line ends and a byte order mark",
      "\uFEFFa,b\r\n1,2\r\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "a field that is empty at the end of a line, and of the file",
      "a,\n1,",
      [
        ["a", ""],
        ["1", ""],
      ],
    ],
    ["rows of different lengths", "a,b\n1\n1,2,3", [["a", "b"], ["1"], ["1", "2", "3"]]],
    ["a quote that is never closed", 'a\n"b,c\nd', [["a"], ["b,c\nd"]]],
    ["nothing", "", []],
  ])("%s", (_, text, expected) => expect(parseDelimited(text, ",", 100).rows).toEqual(expected));

  test("of a file that is cut the last row is left out, and nobody says how many there are", () => {
    expect(previewDelimited("x\ty\n1\t2\n3\t", "\t", true)).toEqual({
      ...{ kind: "table", columns: ["x", "y"], rows: [["1", "2"]], isCut: true, totalRows: null },
    });
    expect(previewDelimited("x\n1\n", ",", false)).toMatchObject({ totalRows: 1, isCut: false });
  });

  test("no more than 200 rows and 60 columns are shown, and cells are cut", () => {
    const header = Array.from({ length: 80 }, (_, index) => `c${index}`).join(",");
    const table = previewDelimited(`${header}\n${"<b>y</b>,\n".repeat(300)}`, ",", false);
    if (table.kind !== "table") throw new Error("no table");
    expect([table.columns.length, table.rows.length, table.isCut, table.totalRows]).toEqual([60, 200, true, null]);
    expect(table.rows[0]?.[0]).toBe("<b>y</b>");
    expect(table.rows[0]?.[5]).toBeNull();
  });
});

test("tables of log_table and arrays of records are tables, other JSON is not", () => {
  expect(previewTableJson('{"columns": ["q", 1], "data": [["a", null], [{"b": 1}, 2]]}')).toEqual({
    ...{
      kind: "table",
      columns: ["q", "1"],
      rows: [
        ["a", null],
        ['{"b":1}', "2"],
      ],
      isCut: false,
      totalRows: 2,
    },
  });
  expect(previewTableJson('[{"a": 1}, {"b": "x"}]')).toMatchObject({
    ...{
      columns: ["a", "b"],
      rows: [
        ["1", null],
        [null, "x"],
      ],
    },
  });
  for (const other of [
    '{"a": 1}',
    "[1, 2]",
    "{",
    "null",
    '{"columns": [], "data": []}',
    '{"columns": ["a"], "data": 1}',
  ])
    expect(previewTableJson(other)).toBeUndefined();
});

describe("a notebook", () => {
  const notebook = (cells: object[]) => previewNotebook(JSON.stringify({ nbformat: 4, metadata: {}, cells }));
  const output = (one: object) => {
    const preview = notebook([{ cell_type: "code", source: ["a\n", "b"], execution_count: 3, outputs: [one] }]);
    return preview?.kind === "notebook" ? preview.cells[0]?.outputs[0] : undefined;
  };
  const display = (data: object) => output({ output_type: "display_data", data, metadata: {} });

  test("has its cells with their text and count", () => {
    expect(
      notebook([
        { cell_type: "markdown", source: "# Hi" },
        { cell_type: "code", source: ["a\n", "b"] },
      ]),
    ).toEqual({
      ...{ kind: "notebook", language: "python", isCut: false },
      cells: [
        { kind: "markdown", source: "# Hi", count: null, outputs: [] },
        { kind: "code", source: "a\nb", count: null, outputs: [] },
      ],
    });
  });

  test.each([
    ["text", { output_type: "stream", name: "stdout", text: ["1\n", "2"] }, { kind: "text", text: "1\n2" }],
    [
      "an error without the colours of a terminal",
      { output_type: "error", ename: "E", evalue: "v", traceback: ["\u001b[31mE\u001b[0m", "v"] },
      { kind: "error", text: "E\nv" },
    ],
  ])("shows %s", (_, given, expected) => expect(output(given)).toEqual(expected));

  test.each([
    [
      "HTML goes by the text beside it",
      { "text/html": "<script>alert(1)</script>", "text/plain": "<Table>" },
      { kind: "text", text: "<Table>" },
    ],
    [
      "a script is not passed on",
      { "application/javascript": "alert(1)" },
      { kind: "hidden", type: "application/javascript" },
    ],
    ["HTML alone is not passed on", { "text/html": ["<b>", "x</b>"] }, { kind: "hidden", type: "text/html" }],
    [
      "a picture comes as one",
      { "image/png": "iVBO\nRw==\n", "text/plain": "Figure" },
      { kind: "image", url: "data:image/png;base64,iVBORw==" },
    ],
    [
      "what pretends to be a picture is none",
      { "image/png": '"><script>alert(1)</script>' },
      { kind: "hidden", type: "image/png" },
    ],
    [
      "a drawing may have scripts, so its text is shown",
      { "image/svg+xml": "<svg/>", "text/plain": "<svg>" },
      { kind: "text", text: "<svg>" },
    ],
  ])("%s", (_, data, expected) => expect(display(data)).toEqual(expected));

  test("of too many pictures only the first are shown", () => {
    const image = { output_type: "display_data", data: { "image/png": "A".repeat(4 * 2 ** 20) } };
    const preview = notebook([{ cell_type: "code", source: "", outputs: [image, image] }]);
    expect(preview?.kind === "notebook" && preview.cells[0]?.outputs.map(({ kind }) => kind)).toEqual([
      "image",
      "hidden",
    ]);
  });

  test.each([
    "{",
    "[]",
    '{"nbformat": 3, "cells": []}',
    '{"nbformat": 4, "cells": [{"cell_type": "x", "source": ""}]}',
  ])("%s is none", (text) => expect(previewNotebook(text)).toBeUndefined());
});

test("an MLmodel file says how a model is loaded and what goes in", () => {
  const text =
    'flavors:\n  python_function: {loader_module: mlflow.sklearn}\n  sklearn: {}\nsignature:\n  inputs: \'[{"name": "age", "type": "long"}]\'\n';
  expect(previewMlModel(text)).toEqual({
    ...{ kind: "model", flavors: ["python_function", "sklearn"], outputs: [], text },
    inputs: [{ name: "age", type: "long", required: true }],
  });
  expect(previewMlModel("a: [")).toBeUndefined();
});

test.each([
  ["plot.PNG", "image", "image/png"],
  ["a/b.svg", "image", "image/svg+xml"],
  ["report.html", "page", "text/html; charset=utf-8"],
  ["a.js", undefined, undefined],
  ["a.xhtml", undefined, undefined],
  ["png", undefined, undefined],
])("%s is shown as %s", (path, as, type) => {
  expect(shownAs(path)).toBe(as);
  const headers = shownHeaders(path);
  expect(headers?.["content-type"]).toBe(type);
  // whatever is shown is a sandbox of an origin of its own, which may ask nobody for anything
  if (headers) expect(headers["content-security-policy"]).toMatch(/^sandbox( allow-scripts)?; default-src 'none'/);
  if (as === "image") expect(headers?.["content-security-policy"]).not.toContain("script");
  expect(headers?.["content-security-policy"] ?? "").not.toContain("allow-same-origin");
});
