/** Reads `component.yaml` and fills in params, as the platform does before it starts a step. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ComponentSpec, componentSpecSchema, type ParamSpec } from "@pave/contract";
import { parse } from "yaml";

export interface ComponentFolder {
  readonly path: string;
  readonly spec: ComponentSpec;
}

export type Params = { readonly [name: string]: unknown };

export function readComponent(path: string): ComponentFolder {
  const parsed = componentSpecSchema.safeParse(parse(readFileSync(join(path, "component.yaml"), "utf8")));
  if (parsed.success) return { path, spec: parsed.data };
  const issues = parsed.error.issues.map((issue) => `  ${issue.path.join(".") || "top level"}: ${issue.message}`);
  throw new Error(`${join(path, "component.yaml")} is not a component:\n${issues.join("\n")}`);
}

/** The given params with defaults for the others. Lists every param that is unknown, missing or of the wrong type. */
export function fillParams(
  spec: ComponentSpec,
  given: Params,
): { readonly params: Params; readonly problems: readonly string[] } {
  const unknown = Object.keys(given)
    .filter((name) => spec.params[name] === undefined)
    .map((name) => `${name}: expected one of ${Object.keys(spec.params).join(", ")}`);
  const params: Record<string, unknown> = {};
  const problems = [...unknown];
  for (const [name, param] of Object.entries(spec.params)) {
    const value = given[name] === undefined ? param.default : given[name];
    if (value === undefined && param.required !== true) continue;
    const problem = findProblem(param, value);
    if (problem !== null) problems.push(`${name}: ${problem}, found ${JSON.stringify(value) ?? "nothing"}`);
    params[name] = value;
  }
  return { params, problems };
}

function findProblem(param: ParamSpec, value: unknown): string | null {
  if (value === null && param.nullable === true) return null;
  if (!isOfType(param.type, value)) return `expected ${param.type}`;
  const { items } = param;
  if (Array.isArray(value) && items !== undefined && !value.every((item) => isOfType(items.type, item)))
    return `expected items of type ${items.type}`;
  if (param.enum !== undefined && !param.enum.includes(value)) return `expected one of ${param.enum.join(", ")}`;
  if (typeof value === "number" && value < (param.minimum ?? -Infinity)) return `expected at least ${param.minimum}`;
  if (typeof value === "number" && value > (param.maximum ?? Infinity)) return `expected at most ${param.maximum}`;
  return null;
}

function isOfType(type: ParamSpec["type"], value: unknown): boolean {
  switch (type) {
    case "integer":
      return Number.isInteger(value);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "string":
    case "boolean":
      return typeof value === type;
  }
}
