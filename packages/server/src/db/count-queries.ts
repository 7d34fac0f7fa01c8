import type { KyselyPlugin } from "kysely";
import type { Ctx } from "./context.ts";

/** How many queries something takes, within transactions and without. */
export async function countQueries(ctx: Ctx, act: (ctx: Ctx) => Promise<unknown>): Promise<number> {
  let queries = 0;
  const counter: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    // not when it is built: a query within another is transformed as well
    transformResult: async ({ result }) => {
      queries += 1;
      return result;
    },
  };
  const database = { ...ctx.database, kysely: ctx.database.kysely.withPlugin(counter) };
  await act({ ...ctx, database, db: ctx.db.withPlugin(counter) });
  return queries;
}
