import type { Token } from "./parts.ts";
import { SearchMistake } from "./search-mistake.ts";
import { tokensOf } from "./tokens.ts";

/** A word of a text: `source.slice(from, to)`, with what of it stands before the cursor. */
export interface Word {
  readonly from: number;
  readonly to: number;
  readonly part: string;
}

/** The word that is being written where the cursor is; nothing behind a space or a whole sign. */
export function wordAt(source: string, cursor: number): Word {
  const head = source.slice(0, cursor);
  const word = (from: number, to: number): Word => ({ from, to, part: source.slice(from, cursor) });
  const open = openQuote(head);
  if (open !== undefined) {
    const close = source.indexOf(source.charAt(open), cursor);
    return word(nameStart(tokensIn(head.slice(0, open)), open), close < 0 ? source.length : close + 1);
  }
  const tokens = tokensIn(head);
  const token = tokens.at(-1);
  if (token?.end !== cursor || (token.type === "sign" && !/[<>!]/.test(token.text))) return word(cursor, cursor);
  const rest = /^[\p{L}\p{N}_.\-/:]*/u.exec(source.slice(cursor))?.[0].length ?? 0;
  const isQuoted = token.type === "single" || token.type === "double" || token.type === "backticked";
  return word(nameStart(tokens.slice(0, -1), token.at), isQuoted ? cursor : cursor + rest);
}

/** `metrics.` and the quoted key behind it are one name. */
function nameStart(before: readonly Token[], at: number): number {
  const token = before.at(-1);
  return token?.end === at && token.text.endsWith(".") ? token.at : at;
}

function openQuote(head: string): number | undefined {
  try {
    tokensOf(head, "filter string");
    return undefined;
  } catch (error) {
    if (!(error instanceof SearchMistake)) throw error;
    return /['"`]/.test(head.charAt(error.position)) ? error.position : undefined;
  }
}

/** None of what cannot be read. */
function tokensIn(text: string): readonly Token[] {
  try {
    return tokensOf(text, "filter string");
  } catch (error) {
    if (error instanceof SearchMistake) return [];
    throw error;
  }
}
