import { invalid } from "./mlflow-error.ts";

/** A page of a search by its token: an offset, which clients do not look into. */
export function offsetOf(token: string | undefined): number {
  if (token === undefined || token === "") return 0;
  try {
    const { offset } = JSON.parse(Buffer.from(token, "base64").toString("utf8")) as { offset: unknown };
    if (Number.isSafeInteger(offset) && (offset as number) >= 0) return offset as number;
  } catch {
    // told below
  }
  throw invalid(`Invalid page token '${token.slice(0, 100)}'. Take it from next_page_token of the page before.`);
}

/** The rows of a page, of which one more than wanted was read, and the token of the next page where there is one. */
export function pageOf<T>(rows: readonly T[], limit: number, offset: number): { items: readonly T[]; next?: string } {
  if (rows.length <= limit) return { items: rows };
  return { items: rows.slice(0, limit), next: tokenOf(offset + limit) };
}

export const tokenOf = (offset: number): string => Buffer.from(JSON.stringify({ offset })).toString("base64");
