import type { Comparator } from "./filter.ts";
import { comparatorsOf, type Key, type Language, parseFilter, resolveName } from "./language.ts";
import type { ExpectedPart } from "./parts.ts";
import { SearchMistake } from "./search-mistake.ts";

/** What could come next behind a filter that somebody writes. */
export type Expected<On extends string> =
  | { readonly what: "name" }
  | { readonly what: "comparator"; readonly comparators: readonly Comparator[] }
  | { readonly what: "value"; readonly on: On; readonly key: Key }
  | { readonly what: "joiner"; readonly depth: number }
  | { readonly what: "words"; readonly words: readonly string[] };

/** What could come behind `source`; null where it has a mistake before its end, and so nothing helps it. */
export function expectedNext<On extends string>(language: Language<On>, source: string): Expected<On> | null {
  if (source.trim() === "") return { what: "name" };
  try {
    parseFilter(language, source);
    return { what: "joiner", depth: 0 };
  } catch (error) {
    if (!(error instanceof SearchMistake)) throw error;
    const { position, expected } = error;
    return position < source.length || expected === undefined ? null : known(language, source, expected);
  }
}

function known<On extends string>(language: Language<On>, source: string, expected: ExpectedPart): Expected<On> | null {
  if (expected.what !== "comparator" && expected.what !== "value") return expected;
  try {
    const { on, key } = resolveName(language, source, expected.name);
    return expected.what === "value"
      ? { what: "value", on, key }
      : { what: "comparator", comparators: comparatorsOf(language, on, key) };
  } catch (error) {
    if (error instanceof SearchMistake) return null;
    throw error;
  }
}
