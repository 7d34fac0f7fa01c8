import type { Token } from "./parts.ts";
import { SearchMistake } from "./search-mistake.ts";

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
    throw new SearchMistake(`The ${what} has more than ${maxLength} characters`, { position: maxLength });
  const tokens: Token[] = [];
  for (let at = 0; at < source.length; ) {
    const found = matchAt(source, at);
    if (!found) throw mistakeAt(source, at, what);
    const { type, text, length } = found;
    if (type !== "space") tokens.push({ type, text, at, end: at + length });
    at += length;
  }
  return tokens;
}

const quotes: Readonly<Record<string, string>> = { "'": "string", '"': "string", "`": "name" };

function mistakeAt(source: string, at: number, what: string): SearchMistake {
  const sign = String.fromCodePoint(source.codePointAt(at) ?? 0);
  const quoted = Object.hasOwn(quotes, sign) ? quotes[sign] : undefined;
  const detail = quoted
    ? `the ${quoted} that begins with ${sign} has no end`
    : `invalid character ${JSON.stringify(sign)}`;
  return new SearchMistake(`Invalid ${what} at position ${at + 1}: ${detail}`, {
    ...{ position: at, end: quoted ? source.length : at + sign.length, detail },
  });
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
