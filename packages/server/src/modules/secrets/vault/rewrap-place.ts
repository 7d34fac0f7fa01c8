import { sql } from "kysely";
import { json } from "../../../db/column-types.ts";
import { type Ctx, inTransaction } from "../../../db/context.ts";
import type { MasterKey } from "./master-key.ts";
import type { Sealed } from "./sealed.ts";

/** A jsonb column with a `Sealed` in each row, or null, of a table with the key column `id`. */
export interface SealedPlace {
  readonly table: string;
  readonly column: string;
}

const batch = 100;

/**
 * Wraps what lies in one place by `key`, a hundred rows in each transaction. Always of a command's key too: where the
 * service turned its own key, the id stays. Gives how many rows it wrote.
 */
export async function rewrapPlace(
  ctx: Ctx,
  { table, column }: SealedPlace,
  key: MasterKey,
  rewrap: (sealed: Sealed) => Promise<Sealed>,
): Promise<number> {
  const [from, at] = [sql.table(table), sql.ref(column)];
  let [written, after] = [0, ""];
  for (;;) {
    const last = await inTransaction(ctx, async (ctx) => {
      const { rows } = await sql<{ id: string; sealed: Sealed }>`
        select id, ${at} as sealed from ${from}
        where id > ${after} and ${at} is not null
          and (${at} ->> 'masterKey' <> ${key.id} or ${key.id} like 'command-%')
        order by id limit ${batch} for update
      `.execute(ctx.db);
      for (const { id, sealed } of rows)
        await sql`update ${from} set ${at} = ${json(await rewrap(sealed))} where id = ${id}`.execute(ctx.db);
      written += rows.length;
      return rows.length < batch ? undefined : rows.at(-1)?.id;
    });
    if (last === undefined) return written;
    after = last;
  }
}
