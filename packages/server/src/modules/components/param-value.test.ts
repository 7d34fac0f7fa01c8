import { type ParamSpec, paramSchema } from "@pave/contract";
import { expect, test } from "vitest";
import { isRequired, paramProblem } from "./param-value.ts";

const spec = (fields: Partial<ParamSpec> & Pick<ParamSpec, "type">) => paramSchema.parse(fields);

test.each([
  [spec({ type: "string" }), "late", undefined],
  [spec({ type: "string" }), 3, "expected a text, found the number 3"],
  [spec({ type: "string" }), null, "expected a text, found nothing"],
  [spec({ type: "string", nullable: true }), null, undefined],
  [spec({ type: "string", nullable: true }), 1, "expected a text or null, found the number 1"],
  [spec({ type: "integer" }), 1.5, "expected a whole number, found the number 1.5"],
  [spec({ type: "integer", minimum: 1 }), 0, "expected at least 1, found the number 0"],
  [spec({ type: "number", maximum: 1 }), 1.1, "expected at most 1, found the number 1.1"],
  [spec({ type: "number" }), Number.NaN, "expected a number, found the number NaN"],
  [spec({ type: "number" }), "0.2", 'expected a number, found the text "0.2"'],
  [spec({ type: "boolean" }), "yes", 'expected true or false, found the text "yes"'],
  [spec({ type: "array" }), { a: 1 }, "expected a list, found a map with a"],
  [
    spec({ type: "array", items: { type: "string" } }),
    ["a", 2],
    "expected a list of items that are a text each, found the number 2 at place 2",
  ],
  [spec({ type: "object" }), ["a"], "expected a map, found a list of 1"],
  [spec({ type: "string", enum: ["a", "b"] }), "c", 'expected one of a, b, found the text "c"'],
])("%j takes %j: %j", (param, value, expected) => {
  expect(paramProblem(param, value)).toBe(expected);
});

test("a param is required unless it has a default, may be null, or says otherwise", () => {
  expect(isRequired(spec({ type: "string" }))).toBe(true);
  expect(isRequired(spec({ type: "string", default: "" }))).toBe(false);
  expect(isRequired(spec({ type: "string", nullable: true }))).toBe(false);
  expect(isRequired(spec({ type: "string", required: false }))).toBe(false);
});
