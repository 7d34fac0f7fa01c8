import type { AliasChange, PrincipalRef } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

export interface AliasChangesPage {
  readonly limit: number;
  /** Only those before this place in the ledger. */
  readonly before: number | null;
}

/**
 * Who pointed which alias of a model where, newest first, out of the ledger. A model that was renamed keeps its history;
 * one that has the name of another that was deleted does not have the other's.
 */
export async function readAliasChanges(
  ctx: Ctx,
  model: string,
  { limit, before }: AliasChangesPage,
): Promise<{ items: AliasChange[]; next: string | null }> {
  const { rows } = await sql<AliasChange & { seq: number; at: Date }>`
    with recursive named (name, until) as (
      select ${model}::text, 9223372036854775807
      union
      select e.data ->> 'from', e.seq from named n
      join ledger_events e on e.subject_type = 'model' and e.subject_id = n.name
        and e.type = 'model.renamed' and e.seq < n.until
    ), changes as (
      select distinct e.seq, e.id, e.time, e.data ->> 'alias' as alias, e.data ->> 'version' as version,
        e.principal_id, e.principal_kind, e.principal_name
      from named n
      join ledger_events e on e.subject_type = 'model' and e.subject_id = n.name and e.seq < n.until
      where e.type in ('model.alias-set', 'model.alias-deleted')
        and e.time >= (select created_at from registered_models where name = ${model})
    ), told as (
      select *, lag(version) over (partition by alias order by seq) as before from changes
    )
    select seq, id as event, alias, version, before, time as at,
      jsonb_build_object('id', principal_id, 'kind', principal_kind, 'name', principal_name) as by
    from told where ${before === null ? sql`true` : sql`seq < ${before}`} order by seq desc limit ${limit + 1}`.execute(
    ctx.db,
  );
  const page = rows.slice(0, limit);
  return {
    items: page.map(({ seq: _, at, by, ...change }) => ({ ...change, at: at.toISOString(), by: by as PrincipalRef })),
    next: rows.length > limit ? String(page.at(-1)?.seq) : null,
  };
}
