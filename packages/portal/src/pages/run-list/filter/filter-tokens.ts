/** A part of a filter with its place in the text, so that a mistake can be shown where it is. */
export interface FilterToken {
  readonly type: "word" | "quoted" | "string" | "number" | "sign" | "unknown";
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** A quote that nothing closes. */
  readonly isOpen: boolean;
}

/** The same as the server's, but that a quote may be open: somebody is writing. */
const patterns: readonly (readonly [FilterToken["type"] | "space", RegExp])[] = [
  ["space", /\s+/y],
  ["string", /'(?:[^']|'')*('|$)/y],
  ["quoted", /`[^`]*(`|$)/y],
  ["quoted", /"[^"]*("|$)/y],
  ["number", /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])/y],
  ["word", /[A-Za-z_][\w.\-/:]*/y],
  ["sign", />=|<=|!=|=|>|<|\(|\)|,/y],
  ["unknown", /./suy],
];

export function filterTokens(source: string): FilterToken[] {
  const tokens: FilterToken[] = [];
  for (let at = 0; at < source.length; ) {
    const found = matchAt(source, at);
    if (found.type !== "space") tokens.push({ ...found, type: found.type, from: at, to: at + found.text.length });
    at += found.text.length;
  }
  return tokens;
}

function matchAt(source: string, at: number) {
  for (const [type, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match) return { type, text: match[0], isOpen: (type === "string" || type === "quoted") && match[1] === "" };
  }
  return { type: "unknown" as const, text: source.slice(at), isOpen: false };
}
