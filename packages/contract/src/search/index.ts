/*
 * The language of searches, for server and browser alike: what can be named (`runLanguage`), and where a filter goes wrong
 * (`parseFilter` throws a SearchMistake with the position). For whoever writes one there is what could come next
 * (`expectedNext`) and what is being written (`wordAt`).
 */
export { type Expected, expectedNext } from "./expected.ts";
export type { Comparator, Comparison, Condition, Filter, Order } from "./filter.ts";
export { type Key, type Language, parseFilter, parseOrders } from "./language.ts";
export {
  experimentLanguage,
  loggedModelLanguage,
  modelLanguage,
  type RunEntity,
  runLanguage,
  versionLanguage,
} from "./languages.ts";
export { SearchMistake } from "./search-mistake.ts";
export { wordAt } from "./word-at.ts";
