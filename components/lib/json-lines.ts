/** DuckDB counts the lines of broken JSON from the wrong end of a record, so the faulty one is found again here. */
import { createInterface } from "node:readline";
import { openBytes } from "./text-file.ts";

export interface JsonFault {
  readonly line: number;
  readonly found: string;
}

/** The first line that is no JSON object; null when every line is one, or when the file is one large array. */
export async function findJsonFault(path: string): Promise<JsonFault | null> {
  let line = 0;
  for await (const text of createInterface({ input: openBytes(path), crlfDelay: Infinity })) {
    line++;
    if (line === 1 && text.trimStart().startsWith("[")) return null;
    const found = findFault(text);
    if (found !== null) return { line, found };
  }
  return null;
}

function findFault(text: string): string | null {
  if (text.trim() === "") return null;
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return "a list";
    return typeof value === "object" && value !== null ? null : `\`${text.trim().slice(0, 40)}\``;
  } catch (error) {
    return error instanceof SyntaxError ? error.message : String(error);
  }
}
