/**
 * The file in which a project says what it expects of a table:
 *
 *   rows: { min: 1000 }
 *   columns:
 *     delay:  { type: number, maxMissing: 0.05, min: -120, max: 2000 }
 *     origin: { type: string, pattern: "^[A-Z]{3}$" }
 *     gate:   { required: false }
 */
import { parseDocument } from "yaml";
import { closest } from "../lib/closest.ts";
import { firstLine, type Json, StepError } from "../lib/step.ts";

export interface ColumnExpectation {
  readonly type?: string;
  readonly required?: boolean;
  readonly maxMissing?: number;
  readonly min?: number | string;
  readonly max?: number | string;
  readonly allowed?: readonly (string | number | boolean)[];
  readonly pattern?: string;
  readonly unique?: boolean;
}

export interface Expectations {
  readonly rows: { readonly min?: number; readonly max?: number };
  readonly columns: { readonly [name: string]: ColumnExpectation };
}

type Rule = { readonly expected: string; readonly holds: (value: Json) => boolean };

const types = ["string", "integer", "number", "boolean", "timestamp"];
const count: Rule = {
  expected: "a whole number of 0 or more",
  holds: (value) => Number.isInteger(value) && Number(value) >= 0,
};
const flag: Rule = { expected: "true or false", holds: (value) => typeof value === "boolean" };
const limit: Rule = {
  expected: "a number or a date",
  holds: (value) => typeof value === "number" || typeof value === "string",
};
const share: Rule = {
  expected: "a share between 0 and 1",
  holds: (value) => typeof value === "number" && value >= 0 && value <= 1,
};
const oneOfTypes: Rule = { expected: `one of ${types.join(", ")}`, holds: (value) => types.includes(String(value)) };
const list: Rule = { expected: "a list of values", holds: (value) => Array.isArray(value) && value.length > 0 };
const text: Rule = { expected: "a regular expression", holds: (value) => typeof value === "string" };

const rowRules = { min: count, max: count };
const columnRules = {
  type: oneOfTypes,
  required: flag,
  maxMissing: share,
  min: limit,
  max: limit,
  allowed: list,
  pattern: text,
  unique: flag,
};

/** Reports every mistake in the file at once. */
export function parseExpectations(source: string, place: string): Expectations {
  // the library's own check for keys that are there twice takes quadratic time; the platform has looked for such keys
  const document = parseDocument(source, { prettyErrors: true, uniqueKeys: false });
  const syntaxError = document.errors[0];
  if (syntaxError !== undefined)
    throw new StepError(`${place}: expected YAML, found ${firstLine(syntaxError.message)}; fix the file`);

  const root = document.toJS() as Json;
  const mistakes = [
    ...findUnknown("", root, { rows: null, columns: null }),
    ...findMistakes("rows", part(root, "rows"), rowRules),
    ...findUnknown("columns", part(root, "columns"), null),
    ...Object.entries(mapOf(part(root, "columns"))).flatMap(([name, rules]) =>
      findMistakes(`columns.${name}`, rules ?? {}, columnRules),
    ),
  ];
  if (mistakes.length > 0) throw new StepError(`${place}: ${mistakes.join("\n  ")}`);

  const columns = Object.entries(mapOf(part(root, "columns"))).map(([name, rules]) => [name, rules ?? {}]);
  return { rows: mapOf(part(root, "rows")), columns: Object.fromEntries(columns) } as Expectations;
}

function findMistakes(path: string, value: Json, rules: { readonly [key: string]: Rule }): readonly string[] {
  const wrong = Object.entries(mapOf(value)).flatMap(([key, found]) => {
    const rule = rules[key];
    if (rule === undefined || rule.holds(found)) return [];
    return [`${path}.${key}: expected ${rule.expected}, found ${JSON.stringify(found)}; change the value`];
  });
  return [...findUnknown(path, value, rules), ...wrong];
}

/** `known` is null where any key may stand. */
function findUnknown(path: string, value: Json, known: { readonly [key: string]: unknown } | null): readonly string[] {
  const at = path === "" ? "" : `${path}: `;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [`${at}expected a map, found ${JSON.stringify(value)}; write \`key: value\` lines`];
  }
  if (known === null) return [];
  const names = Object.keys(known);
  return Object.keys(value)
    .filter((key) => !names.includes(key))
    .map((key) => {
      const alike = closest(key, names);
      const fix = alike === undefined ? "remove it" : `did you mean \`${alike}\`?`;
      return `${at}expected one of ${names.join(", ")}, found \`${key}\`; ${fix}`;
    });
}

function part(root: Json, key: string): Json {
  return mapOf(root)[key] ?? {};
}

function mapOf(value: Json): { readonly [key: string]: Json } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return value as { readonly [key: string]: Json };
}
