/** Typed access to a step's params. Pave has filled in the defaults of component.yaml and checked the types. */
import { fail, type Json, type Step } from "./step.ts";

export function optionalString(step: Step, name: string): string | null {
  const value = step.params[name] ?? null;
  if (value === null || value === "") return null;
  if (typeof value !== "string") wrongType(name, "a text or null", value);
  return value;
}

export function numberParam(step: Step, name: string): number {
  const value = step.params[name];
  if (typeof value !== "number" || !Number.isFinite(value)) wrongType(name, "a number", value);
  return value;
}

export function stringList(step: Step, name: string): readonly string[] {
  const value = step.params[name] ?? [];
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === "string")) {
    wrongType(name, "a list of texts", value);
  }
  return value;
}

export function recordParam(step: Step, name: string): { readonly [key: string]: Json } {
  const value = step.params[name] ?? {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) wrongType(name, "a map", value);
  return value as { readonly [key: string]: Json };
}

function wrongType(name: string, expected: string, value: Json | undefined): never {
  fail(`param ${name}`, {
    expected,
    found: value === undefined ? "nothing" : JSON.stringify(value),
    fix: `set \`with: { ${name}: … }\` of the step in pave.yaml`,
  });
}
