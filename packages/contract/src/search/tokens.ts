import { SearchMistake } from "./search-mistake.ts";

export interface Token {
  /**
   * A name in backticks; a name or a value in double quotes; a value in single quotes; what follows an entity in
   * backticks, from its dot on.
   */
  readonly type: "word" | "backticked" | "double" | "single" | "tail" | "number" | "sign";
  /** Without quotes. */
  readonly text: string;
  /** Where it begins, and where what comes after it does. */
  readonly at: number;
  readonly end: number;
}

const patterns: readonly (readonly [type: Token["type"] | "space", pattern: RegExp])[] = [
  ["space", /\s+/y],
  ["single", /'((?:[^']|'')*)'/y],
  ["backticked", /`([^`]*)`/y],
  ["double", /"([^"]*)"/y],
  ["number", /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])/y],
  ["word", /[\p{L}_][\p{L}\p{N}_.\-/:]*/uy],
  ["tail", /\.[\p{L}\p{N}_.\-/:]*/uy],
  ["sign", />=|<=|!=|<>|==|=|>|<|\(|\)|,/y],
];

/** Filters that are longer are nobody's; each clause costs a look into a table. */
const maxLength = 20_000;

export function tokensOf(source: string, what: string): readonly Token[] {
  if (source.length > maxLength)
    throw new SearchMistake(`The ${what} has more than ${maxLength} characters`, maxLength);
  const tokens: Token[] = [];
  for (let at = 0; at < source.length; ) {
    const found = matchAt(source, at);
    if (!found) throw new SearchMistake(`Invalid ${what} at position ${at + 1}: ${problemAt(source, at)}`, at);
    const { type, text, length } = found;
    if (type !== "space") tokens.push({ type, text, at, end: at + length });
    at += length;
  }
  return tokens;
}

const quotes: Readonly<Record<string, string>> = { "'": "string", '"': "string", "`": "name" };

function problemAt(source: string, at: number): string {
  const sign = String.fromCodePoint(source.codePointAt(at) ?? 0);
  const quoted = Object.hasOwn(quotes, sign) ? quotes[sign] : undefined;
  if (quoted !== undefined) return `the ${quoted} that begins with ${sign} has no end`;
  return `invalid character ${JSON.stringify(sign)}`;
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
const textOf = (type: string, text: string): string => (type === "single" ? text.replaceAll("''", "'") : text);
