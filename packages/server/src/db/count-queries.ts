import type { KyselyPlugin } from "kysely";
import type { Ctx } from "./context.ts";

/** How many queries something takes, within transactions and without. */
export async function countQueries(ctx: Ctx, act: (ctx: Ctx) => Promise<unknown>): Promise<number> {
  let queries = 0;
  const counter: KyselyPlugin = {
    transformQuery: ({ node }) => {
      queries += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const database = { ...ctx.database, kysely: ctx.database.kysely.withPlugin(counter) };
  await act({ ...ctx, database, db: ctx.db.withPlugin(counter) });
  return queries;
}
