/** What a search asks of one value. */
export type Comparator =
  | "="
  | "!="
  | ">"
  | ">="
  | "<"
  | "<="
  | "LIKE"
  | "ILIKE"
  | "IN"
  | "NOT IN"
  | "IS NULL"
  | "IS NOT NULL";

export interface Comparison {
  readonly comparator: Comparator;
  /** A list for IN and NOT IN; null for IS NULL and IS NOT NULL. */
  readonly value: string | number | readonly string[] | null;
}

/** One condition of a search; `on` says which kind of thing `key` names. */
export interface Condition<On extends string = string> extends Comparison {
  readonly on: On;
  readonly key: string;
}

/** What a search asks for: conditions, all or any of several, or whatever is not so. All of none is everything. */
export type Filter<On extends string = string> =
  | { readonly type: "condition"; readonly condition: Condition<On> }
  | { readonly type: "all" | "any"; readonly of: readonly Filter<On>[] }
  | { readonly type: "not"; readonly of: Filter<On> };

export interface Order<On extends string = string> {
  readonly on: On;
  readonly key: string;
  readonly descending: boolean;
}
