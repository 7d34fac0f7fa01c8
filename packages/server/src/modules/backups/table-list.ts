import type pg from "pg";

/** Rows of these say who is at work at this moment, and are left out: on another machine nobody is. */
const leftOut: ReadonlySet<string> = new Set([
  "backup_checks", // told by the folder that backups lie in
  "backups",
  "collection_marks", // of a look that is under way
  "gateways",
  "leases",
  "multipart_uploads", // what is being written is not there yet
  "pave_migrations", // the manifest has them
  "runners",
  "store_writes", // what is being written is not there yet
]);

/**
 * Columns that are given anew where rows are loaded: a transaction's number means nothing on another server, where the
 * ledger's sealer would compare it with its own.
 */
const withoutMeaning = ["xid8"];

export interface TableToCopy {
  readonly table: string;
  readonly columns: readonly string[];
  readonly partition: { readonly of: string; readonly bounds: string } | null;
}

/** Tables and partitions that hold rows themselves, older days first: those may be dropped while they wait for their turn. */
export async function tablesToCopy(client: pg.ClientBase): Promise<TableToCopy[]> {
  const { rows } = await client.query<TableToCopy>(
    `select c.relname as table,
       (select json_agg(a.attname order by a.attnum) from pg_attribute a join pg_type t on t.oid = a.atttypid
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
          and t.typname <> all ($2::text[])) as columns,
       case when c.relispartition then json_build_object(
         'of', (select p.relname from pg_inherits h join pg_class p on p.oid = h.inhparent where h.inhrelid = c.oid),
         'bounds', pg_get_expr(c.relpartbound, c.oid)) end as partition
     from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> all ($1::text[])
     order by c.relispartition desc, c.relname`,
    [[...leftOut], withoutMeaning],
  );
  return rows;
}
