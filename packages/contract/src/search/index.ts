/*
 * The language of searches, for server and browser alike: what can be named (`runLanguage`), what may be asked of it
 * (`comparatorsOf`), and where a filter goes wrong (`parseFilter` throws a SearchMistake with the position).
 */
export type { Comparator, Comparison, Condition, Filter, Order } from "./filter.ts";
export { comparatorsOf, type Key, type Language, parseFilter, parseOrders } from "./language.ts";
export {
  experimentLanguage,
  loggedModelLanguage,
  modelLanguage,
  type RunEntity,
  runLanguage,
  versionLanguage,
} from "./languages.ts";
export { SearchMistake } from "./search-mistake.ts";
