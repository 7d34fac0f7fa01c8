// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of specs look like that
import { expect, test } from "vitest";
import { cpuMsOf } from "../../../kernel/testing/measure.ts";
import { substituteVars } from "./substitute-vars.ts";

const vars = { sample: 400_000, name: "late", fast: true };

test.each([
  ["${{ vars.sample }}", 400_000],
  ["${{vars.fast}}", true],
  ["data/${{ vars.name }}-${{ vars.sample }}.csv", "data/late-400000.csv"],
  ["plain", "plain"],
  ["$ {{ vars.sample }}", "$ {{ vars.sample }}"],
  [7, 7],
  [null, null],
  [{ a: ["${{ vars.sample }}", { b: "${{ vars.name }}" }] }, { a: [400_000, { b: "late" }] }],
])("%j becomes %j", (value, expected) => {
  expect(substituteVars(value, vars)).toEqual({ value: expected, findings: [] });
});

test.each([
  ["${{ vars.sampel }}", "`${{ vars.sampel }}`: there is no variable `sampel`; did you mean `sample`?"],
  ["${{ vars.toString }}", "`${{ vars.toString }}`: there is no variable `toString`"],
  [
    "${{ secrets.TOKEN }}",
    "`${{ secrets.TOKEN }}`: a secret may stand under `env:` of a step only, where nothing writes it down",
  ],
  ["${{ env.HOME }}", "`${{ env.HOME }}`: expected `vars.NAME` in the brackets, found `env.HOME`"],
  ["${{ }}", "`${{ }}`: expected `vars.NAME` in the brackets, found ``"],
])("%j is told", (value, message) => {
  expect(substituteVars({ deep: [value] }, vars).findings).toMatchObject([{ path: ["deep", 0], message }]);
});

test.each([`\${{${" ".repeat(400_000)}`, "${{".repeat(150_000), `${"${{ vars.fast }} ".repeat(20_000)}`])(
  "a long text takes a moment",
  (text) => {
    expect(cpuMsOf(() => substituteVars(text, vars))).toBeLessThan(2000);
  },
);
