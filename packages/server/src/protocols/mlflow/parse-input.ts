import type { z } from "zod";
import type { ProtocolRequest } from "../../http/protocol.ts";
import { invalid, MlflowError } from "./mlflow-error.ts";

/** What a request says, from query, body and path, checked. Says what is wrong in the words that MLflow's clients know. */
export function parseInput<S extends z.ZodType>(schema: S, request: ProtocolRequest): z.output<S> {
  const given = { ...queryOf(request.query), ...bodyOf(request), ...request.params };
  assertWithoutNul(given, request);
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path ?? [];
  const name = nameOf(path);
  const value = path.reduce<unknown>((part, step) => (part as Record<PropertyKey, unknown> | undefined)?.[step], given);
  if (value === undefined)
    throw invalid(
      `Missing value for required parameter '${name}'. See the API docs for more information about request parameters.`,
    );
  throw invalid(
    `Invalid value ${shown(value)} for parameter '${name}' supplied: ${issue?.message ?? "it does not fit"}`,
  );
}

const nameOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`,
    "",
  );

/** No text of the database holds it. Looked for only where the request as it came may have one. */
function assertWithoutNul(given: object, { text, query, params }: ProtocolRequest): void {
  const mayHave = text.includes("\\u0000") || query.includes("%00") || Object.values(params).some(hasNul);
  // what is behind `*` is a path, which has its own rules
  const path = mayHave ? pathOfNul({ ...given, "*": undefined }) : undefined;
  if (path)
    throw invalid(`Invalid value for parameter '${nameOf(path)}' supplied: must not have the character NUL in it`);
}

const hasNul = (text: string): boolean => text.includes("\0");

function pathOfNul(value: unknown): readonly PropertyKey[] | undefined {
  if (typeof value === "string") return hasNul(value) ? [] : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, item] of entries) {
    const below = pathOfNul(item);
    if (below) return [key, ...below];
  }
  return undefined;
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};

/** Arguments that are there more than once are lists. */
function queryOf(query: string): Record<string, string | string[]> {
  const values = new URLSearchParams(query);
  return Object.fromEntries(
    [...new Set(values.keys())].map((name) => {
      const all = values.getAll(name);
      return [name, all.length === 1 ? (all[0] ?? "") : all];
    }),
  );
}

/** The JSON of a body. Null is as good as nothing, half a character a sign for one; clients before 1.0 encoded it twice. */
function bodyOf({ text, headers }: ProtocolRequest): Record<string, unknown> {
  if (text.trim() === "") return {};
  if (!/^application\/json\b/i.test(headers["content-type"] ?? "application/json"))
    throw new MlflowError("BAD_REQUEST", `Content-Type must be 'application/json', found '${headers["content-type"]}'`);
  const once = jsonOf(text);
  const body = withoutNulls(typeof once === "string" ? jsonOf(once) : once);
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw new MlflowError("BAD_REQUEST", "The body must be a JSON object");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MlflowError("BAD_REQUEST", "The body is not valid JSON");
  }
}

const maxDepth = 64;

/** Changes what it is given, which was parsed a moment ago: most bodies have nothing to change, and long ones are many. */
function withoutNulls(value: unknown, depth = 0): unknown {
  if (depth > maxDepth) throw new MlflowError("BAD_REQUEST", `The body is nested deeper than ${maxDepth} levels`);
  // PostgreSQL takes half a character in a text and not in JSON
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const kept = value.includes(null) ? value.filter((item) => item !== null) : value;
    for (const [index, item] of kept.entries()) kept[index] = withoutNulls(item, depth + 1);
    return kept;
  }
  const fields = value as Record<string, unknown>;
  for (const name of Object.keys(fields)) {
    const item = fields[name];
    if (item === null) delete fields[name];
    else if (typeof item === "object" || typeof item === "string") {
      const kept = withoutNulls(item, depth + 1);
      if (kept !== item) Object.defineProperty(fields, name, { value: kept, enumerable: true, configurable: true });
    }
  }
  return fields;
}
