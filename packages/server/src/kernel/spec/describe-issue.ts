import type { z } from "zod";
import { suggestion } from "../closest.ts";
import { describeValue, orList } from "./describe-value.ts";
import { kindOf, kinds, schemaAt } from "./schema-parts.ts";

/** What zod found in a request's value, without its place: what was expected, and what is there. */
export function describeIssue(schema: z.ZodType, root: unknown, issue: z.core.$ZodIssue): string {
  const value = valueAt(root, issue.path);
  const wrong = (expected: string): string => `expected ${expected}, found ${describeValue(value)}`;
  switch (issue.code) {
    case "invalid_type":
      return wrong(kinds[issue.expected] ?? issue.expected);
    case "invalid_value": {
      const values = issue.values.map(String);
      return `${wrong(orList(values))}${typeof value === "string" ? suggestion(value, values) : ""}`;
    }
    case "invalid_union":
      return wrong(orList(kindOf(schemaAt(schema, issue.path))) || "another value");
    case "too_small":
      return wrong(limitText(issue.inclusive === false ? "more than" : "at least", issue.minimum, issue.origin));
    case "too_big":
      return wrong(limitText(issue.inclusive === false ? "less than" : "at most", issue.maximum, issue.origin));
    case "not_multiple_of":
      return wrong(`a multiple of ${issue.divisor}`);
    case "invalid_format":
      return wrong(
        issue.message.startsWith("must be ") ? ruleOf(issue.message) : (formats[issue.format] ?? issue.format),
      );
    case "invalid_key":
      return `the name ${JSON.stringify(issue.path.at(-1))} ${issue.issues[0]?.message ?? "is not valid"}`;
    case "unrecognized_keys":
      return `there is no ${orList(issue.keys)} here`;
    default:
      return issue.message.startsWith("must be ") ? wrong(ruleOf(issue.message)) : issue.message;
  }
}

/** The value at a path; undefined where there is none. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, part)
        ? (value as Record<PropertyKey, unknown>)[part]
        : undefined,
    root,
  );
}

function limitText(bound: string, limit: number | bigint, origin: string): string {
  const unit = { string: "character", array: "item", record: "entry" }[origin];
  const what = origin === "int" ? "a whole number of " : unit ? "" : "a number of ";
  const many = Number(limit) === 1 ? unit : unit?.replace(/y$/, "ie").concat("s");
  return `${what}${bound} ${limit}${many ? ` ${many}` : ""}`;
}

const ruleOf = (message: string): string => message.replace(/^must be /, "");

const formats: Readonly<Record<string, string>> = {
  email: "an e-mail address",
  datetime: "a time such as 2026-01-31T12:00:00Z",
  url: "a URL",
  regex: "a text of another form",
};
