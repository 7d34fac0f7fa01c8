import { projectSpecSchema } from "@pave/contract";
import { expect, test } from "vitest";
import { cpuMsOf } from "../testing/measure.ts";
import { parseSpec } from "./spec-document.ts";

const head = "apiVersion: pave/v1\nkind: project\nname: flights\nowner: ops\n";
const problemsOf = (text: string) =>
  parseSpec(text, "pave.yaml", projectSpecSchema).problems.map(
    ({ line, column, message, fix }) => `${line}:${column} ${message} | ${fix}`,
  );

test("a good spec has its defaults filled in and no problems", () => {
  const { value, problems } = parseSpec(head, "pave.yaml", projectSpecSchema);
  expect(problems).toEqual([]);
  expect(value).toMatchObject({ name: "flights", tier: "experimental", pipelines: {}, monitor: {} });
});

test.each<[string, string, string[]]>([
  [
    "an unknown key",
    `${head}pipelnes: {}\n`,
    [
      "5:1 unknown key `pipelnes`; did you mean `pipelines`? | use one of apiVersion, kind, name, title, description, owner, tier, python, vars, resources, pipelines, models, gates, serve, monitor, or remove it",
    ],
  ],
  [
    "an unknown key deep inside",
    `${head}pipelines:\n  train:\n    steps:\n      ingest: { uses: a, wiht: {} }\n`,
    [
      "8:26 unknown key `wiht` in `pipelines.train.steps.ingest`; did you mean `with`? | use one of uses, with, inputs, needs, compute, requests, network, timeout, retries, cache, env, or remove it",
    ],
  ],
  [
    "a key like nothing known",
    `${head}python: { lock: a, zzzzzzzz: 1 }\n`,
    ["5:20 unknown key `zzzzzzzz` in `python` | use one of requires, lock, pinned, or remove it"],
  ],
  ["a wrong type", `${head}title: [a, b]\n`, ["5:8 `title`: expected a text, found a list of 2 | change it to a text"]],
  [
    "a text for a map",
    `${head}pipelines: train\n`,
    ['5:12 `pipelines`: expected a map, found the text "train" | change it to a map'],
  ],
  [
    "an empty value",
    `${head}pipelines:\n`,
    ["5:1 `pipelines`: expected a map, found nothing | give it a value, or remove the key"].map((line) =>
      line.replace("5:1", "5:11"),
    ),
  ],
  [
    "a missing key",
    "apiVersion: pave/v1\nkind: project\nname: flights\n",
    ["1:1 `owner` is missing: expected a text | add `owner:`"],
  ],
  [
    "a missing key inside",
    `${head}pipelines:\n  train:\n    steps:\n      ingest: { with: {} }\n`,
    ["8:7 `pipelines.train.steps.ingest.uses` is missing: expected a text | add `uses:`"],
  ],
  [
    "a choice that is none",
    `${head}tier: crytical\n`,
    [
      '5:7 `tier`: expected one of experimental, internal, critical, found the text "crytical"; did you mean `critical`? | use `experimental`, `internal` or `critical`',
    ],
  ],
  [
    "another apiVersion",
    head.replace("pave/v1", "pave/v2"),
    ['1:13 `apiVersion`: expected `pave/v1`, found the text "pave/v2"; did you mean `pave/v1`? | use `pave/v1`'],
  ],
  [
    "a name that is none",
    head.replace("flights", "Flight Delays"),
    [
      '3:7 `name`: expected lower-case letters, digits and dashes, start with a letter and have at most 63 characters, found the text "Flight Delays" | change it to lower-case letters, digits and dashes, start with a letter and have at most 63 characters',
    ],
  ],
  [
    "a duration that is none",
    `${head}monitor: { groundTruth: { delay: 1 day } }\n`,
    [
      '5:34 `monitor.groundTruth.delay`: expected a duration such as 30s, 10m or 1h, found the text "1 day" | change it to a duration such as 30s, 10m or 1h',
    ],
  ],
  [
    "a number out of range",
    `${head}monitor: { slo: { availability: 101 } }\n`,
    ["5:33 `monitor.slo.availability`: expected at most 100, found the number 101 | change it to at most 100"],
  ],
  [
    "a value of several possible types",
    `${head}vars: { a: [1] }\n`,
    [
      "5:12 `vars.a`: expected a text, a number or true or false, found a list of 1 | change it to a text, a number or true or false",
    ],
  ],
  [
    "a bad name of a step",
    `${head}pipelines: { train: { steps: { 1st: { uses: a } } } }\n`,
    ["5:32 `1st` must start with a letter and have letters, digits, _ or - only | rename it"],
  ],
  ["a key given twice", `${head}title: a\ntitle: b\n`, ["6:1 the key `title` is there twice | keep one of the two"]],
  [
    "a reference of the wrong form",
    `${head}models: { m: { from: train.model } }\n`,
    [
      '5:22 `models.m.from`: expected <pipeline>.<step>.<output>, found the text "train.model" | change it to <pipeline>.<step>.<output>',
    ],
  ],
  [
    "an open quote",
    `${head}title: "abc\n`,
    ['5:12 not valid YAML: missing closing "quote | close the quote or bracket'],
  ],
  [
    "an open bracket",
    `${head}vars: { a: 1\n`,
    [
      "5:13 not valid YAML: flow map in block collection must be sufficiently indented and end with a } | close every bracket, and indent the lines of one map alike",
    ],
  ],
  ["a tab", `${head}vars:\n\ta: 1\n`, ["6:1 not valid YAML: a tab indents this line | indent with spaces"]],
  [
    "lines that are not indented alike",
    `${head}vars:\n  a: 1\n   b: 2\n`,
    [
      "6:6 not valid YAML: nested mappings are not allowed in compact mappings | indent the lines of one map alike, and put a text that contains `: ` in quotes",
    ],
  ],
  ["two documents", `${head}---\n${head}`, ["5:1 a second document starts here: expected one | remove the `---`"]],
  [
    "an empty file",
    "",
    [
      "1:1 `apiVersion` is missing | add `apiVersion:`",
      "1:1 `kind` is missing | add `kind:`",
      "1:1 `name` is missing: expected a text | add `name:`",
      "1:1 `owner` is missing: expected a text | add `owner:`",
    ],
  ],
  ["a list", "- a\n", ["1:1 the file: expected a map, found a list of 1 | change it to a map"]],
  [
    "several mistakes at once, in order",
    `${head}zzz: 1\ntier: gold\ntitle: 3\n`,
    [
      "5:1 unknown key `zzz` | use one of apiVersion, kind, name, title, description, owner, tier, python, vars, resources, pipelines, models, gates, serve, monitor, or remove it",
      '6:7 `tier`: expected one of experimental, internal, critical, found the text "gold" | use `experimental`, `internal` or `critical`',
      "7:8 `title`: expected a text, found the number 3 | change it to a text",
    ],
  ],
])("%s is told with its place and the fix", (_, text, expected) => {
  expect(problemsOf(text)).toEqual(expected);
});

test("names that JavaScript knows are ordinary names or told as wrong, never looked up", () => {
  expect(problemsOf(`${head}pipelines: { constructor: { steps: { toString: { uses: a } } } }\n`)).toEqual([]);
  expect(problemsOf(`${head}__proto__: { polluted: true }\n`)).toEqual([
    expect.stringContaining("5:1 unknown key `__proto__`"),
  ]);
  expect("polluted" in {}).toBe(false);
});

test("an alias bomb, deep nesting and a huge file are told, quickly", () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghi"
    .split("")
    .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[index]}`).join(",")}]`)
    .join("\n")}\n`;
  expect(problemsOf(bomb)).toEqual([expect.stringContaining("not valid YAML: Excessive alias count")]);
  expect(problemsOf("[".repeat(100_000))).toHaveLength(1);
  expect(problemsOf(`title: ${"x".repeat(600_000)}`)).toEqual([
    "1:1 the file has more than 524288 bytes | make it smaller",
  ]);
});

test("tens of thousands of keys, unknown ones and the same one, are told in a moment", () => {
  const cpuMs = cpuMsOf(() => {
    expect(
      problemsOf(`${head}${Array.from({ length: 20_000 }, (_, index) => `key${index}: 1\n`).join("")}`),
    ).toHaveLength(200);
    expect(problemsOf(`${head}${"tier: internal\n".repeat(20_000)}`)).toHaveLength(200);
  });
  expect(cpuMs).toBeLessThan(10_000);
});
