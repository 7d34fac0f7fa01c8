import { invalid } from "./search-invalid.ts";

/** One token of a filter or an order. */
export type Token =
  | { readonly type: "word"; readonly text: string }
  /** In backticks or double quotes: a key; in double quotes it may be a value as well. */
  | { readonly type: "quoted"; readonly text: string }
  | { readonly type: "string"; readonly text: string }
  | { readonly type: "number"; readonly text: string }
  | { readonly type: "sign"; readonly text: string };

const patterns: readonly (readonly [type: Token["type"] | "space", pattern: RegExp])[] = [
  ["space", /\s+/y],
  ["string", /'((?:[^']|'')*)'/y],
  ["quoted", /`([^`]*)`/y],
  ["quoted", /"([^"]*)"/y],
  ["number", /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])/y],
  ["word", /[A-Za-z_][\w.\-/:]*/y],
  ["sign", />=|<=|!=|=|>|<|\(|\)|,/y],
];

/** Filters that are longer are nobody's; each clause costs a look into a table. */
const maxLength = 20_000;

export function tokensOf(source: string): Token[] {
  if (source.length > maxLength) throw invalid(`The filter or order has more than ${maxLength} characters`);
  const tokens: Token[] = [];
  for (let at = 0; at < source.length; ) {
    const found = matchAt(source, at);
    if (!found) throw invalid(`Invalid character ${JSON.stringify(source[at])} at position ${at + 1} of '${source}'`);
    const { type, text, length } = found;
    if (type !== "space") tokens.push({ type, text });
    at += length;
  }
  return tokens;
}

function matchAt(source: string, at: number) {
  for (const [type, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match) return { type, text: textOf(type, match[1] ?? match[0]), length: match[0].length };
  }
  return undefined;
}

/** A quote within a string is written twice. */
const textOf = (type: string, text: string): string => (type === "string" ? text.replaceAll("''", "'") : text);
