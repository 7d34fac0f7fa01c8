import type { z } from "zod";
import type { ProtocolRequest } from "../../http/protocol.ts";
import { invalid, MlflowError } from "./mlflow-error.ts";

/** What a request says, from query, body and path, checked. Says what is wrong in the words that MLflow's clients know. */
export function parseInput<S extends z.ZodType>(schema: S, request: ProtocolRequest): z.output<S> {
  const given = { ...queryOf(request.query), ...bodyOf(request), ...request.params };
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path ?? [];
  const name = path.reduce<string>(
    (text, part) =>
      typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`,
    "",
  );
  const value = path.reduce<unknown>((part, step) => (part as Record<PropertyKey, unknown> | undefined)?.[step], given);
  if (value === undefined)
    throw invalid(
      `Missing value for required parameter '${name}'. See the API docs for more information about request parameters.`,
    );
  throw invalid(
    `Invalid value ${shown(value)} for parameter '${name}' supplied: ${issue?.message ?? "it does not fit"}`,
  );
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

function withoutNulls(value: unknown, depth = 0): unknown {
  if (depth > maxDepth) throw new MlflowError("BAD_REQUEST", `The body is nested deeper than ${maxDepth} levels`);
  // PostgreSQL takes it in a text and not in JSON
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.flatMap((item) => (item === null ? [] : [withoutNulls(item, depth + 1)]));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([name, item]) => [name, withoutNulls(item, depth + 1)]));
}
