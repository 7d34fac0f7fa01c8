import type { Language, Order } from "@pave/contract/search";
import { parseOrders } from "../../modules/tracking/index.ts";
import { invalid } from "./mlflow-error.ts";

/** The orders of a list whose things are ordered by attributes only. */
export const attributeOrders = <On extends string>(
  language: Language<On | "attribute">,
  orders: readonly string[],
): Order<"attribute">[] =>
  parseOrders(language, orders).map(({ on, key, descending }) => {
    if (on !== "attribute") throw invalid(`Invalid order_by entity: ${on}. This list is ordered by attributes only`);
    return { on: "attribute", key, descending };
  });
