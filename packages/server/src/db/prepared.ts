import { CompiledQuery } from "kysely";
import type { Ctx } from "./context.ts";

const names = new Map<string, string>();

/** The name under which connections keep a statement; undefined for those that are planned each time. */
export const preparedName = (text: string): string | undefined => names.get(text);

/**
 * A statement that each connection parses and plans once. For what every request asks, by key and always the same way:
 * where a plan must fit the values, as in searches, one that is made anew each time is the better one.
 */
export function prepared<Row>(name: string, text: string): (ctx: Ctx, values: readonly unknown[]) => Promise<Row[]> {
  const known = [...names.values()].includes(name);
  if (known) throw new Error(`There are two prepared statements called ${name}`);
  names.set(text, name);
  return async (ctx, values) => (await ctx.db.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows;
}
