import type pg from "pg";

/** What the catalog of PostgreSQL says about Pave's tables, the same on every supported version. */
export interface SchemaCatalog {
  readonly extensions: readonly string[];
  readonly enums: readonly { readonly name: string; readonly labels: readonly string[] }[];
  readonly tables: readonly TableEntry[];
  readonly views: readonly { readonly name: string; readonly definition: string }[];
  readonly functions: readonly { readonly name: string; readonly definition: string }[];
}

export interface TableEntry {
  readonly name: string;
  readonly comment: string | null;
  /** `HASH (run_id)` of a partitioned table. */
  readonly partitionKey: string | null;
  /** Set for a partition: the parent and its bounds. */
  readonly partitionOf: string | null;
  readonly bounds: string | null;
  readonly columns: readonly ColumnEntry[];
  /** Primary keys first, then unique, foreign, check, exclusion. */
  readonly constraints: readonly { readonly name: string; readonly definition: string }[];
  readonly indexes: readonly string[];
  readonly triggers: readonly string[];
}

export interface ColumnEntry {
  readonly name: string;
  /** As PostgreSQL writes it, for example `character varying(10)` or `bigint[]`. */
  readonly type: string;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly identity: "" | "always" | "by default";
  readonly generated: boolean;
  readonly comment: string | null;
}

export async function readCatalog(client: pg.ClientBase | pg.Pool): Promise<SchemaCatalog> {
  const { rows } = await client.query<{ catalog: SchemaCatalog }>(catalogQuery);
  const [row] = rows;
  if (row === undefined) throw new Error("the catalog query gave no row");
  return row.catalog;
}

/** Objects in `public` that no extension brought, without the journal of migrations. */
const own = (oid: string, catalog: string): string => `
  not exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'e')`;

const columns = `
  select json_agg(json_build_object(
    'name', a.attname,
    'type', format_type(a.atttypid, a.atttypmod),
    'notNull', a.attnotnull,
    'default', pg_get_expr(ad.adbin, ad.adrelid, true),
    'identity', case a.attidentity when 'a' then 'always' when 'd' then 'by default' else '' end,
    'generated', a.attgenerated <> '',
    'comment', col_description(c.oid, a.attnum)) order by a.attnum)
  from pg_attribute a left join pg_attrdef ad on ad.adrelid = a.attrelid and ad.adnum = a.attnum
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped`;

/** Not-null is a constraint of its own since version 18; here it belongs to the column. */
const constraints = `
  select json_agg(json_build_object('name', k.conname, 'definition', pg_get_constraintdef(k.oid, true))
    order by position(k.contype::text in 'pufcx'), k.conname)
  from pg_constraint k
  where k.conrelid = c.oid and k.contype::text in ('p', 'u', 'f', 'c', 'x') and k.conparentid = 0`;

const indexes = `
  select json_agg(pg_get_indexdef(i.indexrelid, 0, true) order by ic.relname)
  from pg_index i join pg_class ic on ic.oid = i.indexrelid
  where i.indrelid = c.oid
    and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype::text in ('p', 'u', 'x'))`;

const triggers = `
  select json_agg(pg_get_triggerdef(t.oid, true) order by t.tgname)
  from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal and t.tgparentid = 0`;

const catalogQuery = `
select json_build_object(
  'extensions', coalesce((select json_agg(e.extname order by e.extname) from pg_extension e where e.extname <> 'plpgsql'), '[]'),
  'enums', coalesce((
    select json_agg(json_build_object('name', t.typname,
      'labels', (select json_agg(l.enumlabel order by l.enumsortorder) from pg_enum l where l.enumtypid = t.oid)) order by t.typname)
    from pg_type t where t.typnamespace = 'public'::regnamespace and t.typtype = 'e' and ${own("t.oid", "pg_type")}), '[]'),
  'tables', coalesce((
    select json_agg(json_build_object(
      'name', c.relname,
      'comment', obj_description(c.oid, 'pg_class'),
      'partitionKey', case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
      'partitionOf', (select p.relname from pg_inherits h join pg_class p on p.oid = h.inhparent where h.inhrelid = c.oid),
      'bounds', case when c.relispartition then pg_get_expr(c.relpartbound, c.oid, true) end,
      'columns', coalesce((${columns}), '[]'),
      'constraints', coalesce((${constraints}), '[]'),
      'indexes', coalesce((${indexes}), '[]'),
      'triggers', coalesce((${triggers}), '[]')) order by c.relname)
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'pave_migrations'
      and ${own("c.oid", "pg_class")}), '[]'),
  'views', coalesce((
    select json_agg(json_build_object('name', c.relname, 'definition', pg_get_viewdef(c.oid, true)) order by c.relname)
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm') and ${own("c.oid", "pg_class")}), '[]'),
  'functions', coalesce((
    select json_agg(json_build_object('name', f.proname, 'definition', pg_get_functiondef(f.oid)) order by f.proname, f.oid::regprocedure::text)
    from pg_proc f where f.pronamespace = 'public'::regnamespace and f.prokind in ('f', 'p') and ${own("f.oid", "pg_proc")}), '[]')
) as catalog`;
