/* What a filter is made of, as it was written. */

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

/** A name: `entity` is null where there is none before a dot. */
export interface Name {
  readonly entity: string | null;
  readonly key: string;
  readonly token: Token;
}

/** What the grammar takes at a place, before anybody knows what the name in it means. */
export type ExpectedPart =
  | { readonly what: "name" }
  | { readonly what: "comparator"; readonly name: Name }
  | { readonly what: "value"; readonly name: Name }
  /** AND and OR; where parentheses are open, one of them may be closed. */
  | { readonly what: "joiner"; readonly depth: number }
  | { readonly what: "words"; readonly words: readonly string[] };
