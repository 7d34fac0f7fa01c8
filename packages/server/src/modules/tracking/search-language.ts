import {
  type Filter,
  type Language,
  type Order,
  parseFilter as readFilter,
  parseOrders as readOrders,
  SearchMistake,
} from "@pave/contract/search";
import { PaveError } from "../../kernel/pave-error.ts";

/** What a filter asks for; a mistake in it is told with its place. */
export const parseFilter = <On extends string>(language: Language<On>, filter: string | undefined): Filter<On> =>
  told(() => readFilter(language, filter));

/** The orders of a list; one key twice is refused. */
export const parseOrders = <On extends string>(language: Language<On>, orders: readonly string[]): Order<On>[] =>
  told(() => readOrders(language, orders));

function told<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SearchMistake)) throw error;
    const problems = [{ column: error.position + 1, message: error.message }];
    throw new PaveError("tracking.search_invalid", error.message, { problems, cause: error });
  }
}
