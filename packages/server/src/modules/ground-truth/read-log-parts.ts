import { type LogPart, type LogRecord, logPartSchema, logRecordSchema } from "@pave/contract";
import { PaveError } from "../../kernel/pave-error.ts";

export interface ReadPart extends LogPart {
  readonly records: readonly { readonly record: LogRecord; readonly line: string }[];
}

/** Parts of the request log as a gateway sends them. Throws `request.invalid` for anything else. */
export function readLogParts(body: string): readonly ReadPart[] {
  const lines = body.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const parts: ReadPart[] = [];
  for (let at = 0; at < lines.length; ) {
    const head = read(logPartSchema, lines[at], at);
    const own = lines.slice(at + 1, at + 1 + head.rows);
    if (own.length < head.rows) throw invalid(at, `a part of ${head.rows} rows, found ${own.length}`);
    const records = own.map((line, index) => ({ record: read(logRecordSchema, line, at + 1 + index), line }));
    parts.push({ ...head, records });
    at += 1 + head.rows;
  }
  return parts;
}

function read<T>(schema: { safeParse(value: unknown): { success: boolean; data?: T } }, line = "", at: number): T {
  const parsed = schema.safeParse(jsonOf(line));
  if (parsed.success && parsed.data !== undefined) return parsed.data;
  throw invalid(
    at,
    `a ${schema === (logPartSchema as unknown) ? "part" : "row"} of the request log, found ${line.slice(0, 80)}`,
  );
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const invalid = (at: number, what: string) =>
  new PaveError("request.invalid", `line ${at + 1}: expected ${what}`, {
    fix: "Gateway and API must be of versions that go together; restart both.",
  });
