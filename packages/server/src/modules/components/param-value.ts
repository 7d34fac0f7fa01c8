import type { ParamSpec } from "@pave/contract";
import { describeValue } from "../../kernel/spec/index.ts";

/** What a param takes, when this value is not it: `expected …, found …`. Undefined when the value is fine. */
export function paramProblem(spec: ParamSpec, value: unknown): string | undefined {
  if (value === null && spec.nullable) return undefined;
  const found = `found ${describeValue(value)}`;
  if (!hasType(spec.type, value)) return `expected ${typeNames[spec.type]}${spec.nullable ? " or null" : ""}, ${found}`;
  if (spec.enum && !spec.enum.some((allowed) => allowed === value)) {
    return `expected one of ${spec.enum.map((allowed) => String(allowed)).join(", ")}, ${found}`;
  }
  if (typeof value === "number") {
    if (spec.minimum !== undefined && value < spec.minimum) return `expected at least ${spec.minimum}, ${found}`;
    if (spec.maximum !== undefined && value > spec.maximum) return `expected at most ${spec.maximum}, ${found}`;
  }
  const { items } = spec;
  if (items && Array.isArray(value)) {
    const wrong = value.findIndex((item) => !hasType(items.type, item));
    if (wrong !== -1)
      return `expected a list of items that are ${typeNames[items.type]} each, found ${describeValue(value[wrong])} at place ${wrong + 1}`;
  }
  return undefined;
}

/** A param without a default must be given, unless the component says otherwise. */
export const isRequired = (spec: ParamSpec): boolean => spec.required ?? (spec.default === undefined && !spec.nullable);

function hasType(type: ParamSpec["type"], value: unknown): boolean {
  switch (type) {
    case "integer":
      return Number.isSafeInteger(value);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}

const typeNames: Readonly<Record<ParamSpec["type"], string>> = {
  string: "a text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
};
