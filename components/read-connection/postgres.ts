import pg from "pg";
import { resolvePlace } from "./address.ts";
import type { Connection } from "./connection.ts";
import { ConnectionFailure, networkFailure } from "./failure.ts";
import type { Limits } from "./limits.ts";
import { type DatabaseColumn, describeUnknown, noType, type TextRow } from "./rows-table.ts";

const connectMs = 10_000;
/** About what one batch may have; the first is small, because nothing is known of its rows. */
const batchBytes = 4 * 2 ** 20;

type Rows = pg.QueryArrayResult<(string | null)[]>;

/** A session that can only read. Rows are the texts that the server wrote. */
export async function openPostgres(connection: Connection, timeoutSeconds: number) {
  const { settings, password } = connection;
  const { host = "", port = 5432, database = "", user = "" } = settings;
  const where = `${host}:${port}`;
  const explain = (error: unknown): Error => networkFailure(error, where) ?? explainPostgres(error, connection);
  try {
    const place = await resolvePlace(host, connection);
    const client = new pg.Client({
      ...{ host: place.address, port, database, user, password },
      connectionTimeoutMillis: connectMs,
      statement_timeout: timeoutSeconds * 1000,
      idle_in_transaction_session_timeout: 600_000,
      application_name: "pave",
      options:
        "-c default_transaction_read_only=on -c datestyle=ISO -c timezone=UTC -c bytea_output=hex -c extra_float_digits=1",
      ...(settings.tls
        ? { ssl: { servername: place.host, ...(settings.ca ? { ca: settings.ca } : {}) } }
        : { ssl: false }),
      types: { getTypeParser: () => (text: unknown) => text } as unknown as pg.CustomTypesConfig,
    });
    client.on("error", () => undefined);
    await client.connect();
    // The extended protocol takes a single statement: nothing of a query can end the transaction that keeps it from writing.
    const ask = async (text: string): Promise<Rows> => {
      try {
        return await client.query<(string | null)[]>({
          text,
          rowMode: "array",
          queryMode: "extended",
        } as pg.QueryArrayConfig);
      } catch (error) {
        throw explain(error);
      }
    };
    return { ask, close: () => client.end().catch(() => undefined) };
  } catch (error) {
    throw explain(error);
  }
}

export async function readPostgres(
  connection: Connection,
  query: string,
  limits: Limits,
  onColumns: (columns: readonly DatabaseColumn[]) => Promise<void>,
  onRows: (rows: readonly TextRow[]) => void,
): Promise<void> {
  const { ask, close } = await openPostgres(connection, limits.timeoutSeconds);
  try {
    await ask("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await ask(`DECLARE rows NO SCROLL CURSOR FOR ${query.trim().replace(/;\s*$/, "")}`);
    let [count, isFirst] = [50, true];
    for (;;) {
      const { fields, rows } = await ask(`FETCH ${count} FROM rows`);
      if (isFirst) await onColumns(await columnsOf(fields, ask));
      isFirst = false;
      onRows(rows);
      if (rows.length < count) return;
      const bytes = rows.reduce((sum, row) => sum + row.reduce((all, text) => all + (text?.length ?? 0) + 1, 0), 0);
      count = Math.min(5_000, Math.max(1, Math.floor(batchBytes / Math.max(1, bytes / rows.length))));
    }
  } finally {
    await close();
  }
}

/** One row of a table that this user may read; null where the database has no table. */
export async function checkPostgres(connection: Connection): Promise<string> {
  const { ask, close } = await openPostgres(connection, 15);
  try {
    const { rows } = await ask(`
      SELECT format('%I.%I', n.nspname, c.relname), has_schema_privilege(n.oid, 'usage') AND has_table_privilege(c.oid, 'select')
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
      ORDER BY 2 DESC, 1 LIMIT 1`);
    const [table, mayRead] = rows[0] ?? [];
    const { user = "", database = "" } = connection.settings;
    if (table === undefined || table === null) return `signed in as ${user}; the database ${database} has no table yet`;
    if (mayRead !== "t")
      throw new ConnectionFailure(
        "rights",
        `${user} may read no table of the database ${database}`,
        `let it: GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${user}`,
      );
    const found = await ask(`SELECT 1 FROM ${table} LIMIT 1`);
    return `signed in as ${user} and read ${found.rows.length === 0 ? "from" : "a row of"} ${table}`;
  } finally {
    await close();
  }
}

const types: Readonly<Record<number, string>> = {
  16: "BOOLEAN",
  17: "bytes",
  18: "VARCHAR",
  19: "VARCHAR",
  20: "BIGINT",
  21: "SMALLINT",
  23: "INTEGER",
  25: "VARCHAR",
  26: "BIGINT",
  114: "VARCHAR",
  700: "FLOAT",
  701: "DOUBLE",
  1042: "VARCHAR",
  1043: "VARCHAR",
  1082: "DATE",
  1083: "TIME",
  1114: "TIMESTAMP",
  1184: "TIMESTAMP WITH TIME ZONE",
  2950: "VARCHAR",
  3802: "VARCHAR",
};
const numeric = 1700;

async function columnsOf(
  fields: readonly pg.FieldDef[],
  ask: (text: string) => Promise<Rows>,
): Promise<DatabaseColumn[]> {
  const oids = fields.map(({ dataTypeID }) => dataTypeID);
  // what a domain stands for, and the names of all
  const { rows } = await ask(
    `SELECT oid, format_type(oid, NULL), typtype, typbasetype FROM pg_type WHERE oid IN (${[0, ...oids].join(", ")})`,
  );
  const known = new Map(rows.map(([oid, name, kind, base]) => [Number(oid), { name, kind, base: Number(base) }]));
  return fields.map(({ name, dataTypeID, dataTypeModifier }) => {
    const found = known.get(dataTypeID);
    const databaseType = found?.name ?? `type ${dataTypeID}`;
    const oid = found?.kind === "d" ? found.base : dataTypeID;
    const type =
      oid === numeric ? decimalOf(dataTypeModifier) : (types[oid] ?? (found?.kind === "e" ? "VARCHAR" : undefined));
    if (type === undefined) throw noType({ name, databaseType }, `${name}::text`);
    return { name, databaseType, type };
  });
}

/** The modifier holds precision and scale; without one a numeric has any number of digits. */
function decimalOf(modifier: number): string {
  if (modifier < 4) return "numeric";
  const [precision, scale] = [((modifier - 4) >> 16) & 0xffff, (((modifier - 4) & 0x7ff) ^ 1024) - 1024];
  return precision > 38 || scale < 0 || scale > precision ? "numeric" : `DECIMAL(${precision}, ${scale})`;
}

function explainPostgres(error: unknown, connection: Connection): ConnectionFailure {
  const { name, environment, settings } = connection;
  const { user = "", database = "", host = "" } = settings;
  const code = (error as { code?: string }).code ?? "";
  const said = describeUnknown(error);
  const again = `pave connections add ${name}${environment === null ? "" : ` --environment ${environment}`} …`;
  if (
    code === "28P01" ||
    (code === "28000" && /authentication/i.test(said)) ||
    (/password/i.test(said) && code.startsWith("28"))
  )
    return new ConnectionFailure(
      "password",
      `${host} refuses the password of ${user}`,
      `set the present one: \`${again}\` with the password on standard input`,
    );
  if (code === "28000" && /no encryption/.test(said))
    return new ConnectionFailure("tls", `${host} takes ${user} over TLS only`, "add the connection with `--tls on`");
  if (code.startsWith("28"))
    return new ConnectionFailure(
      "password",
      `${host} does not let ${user} in: ${said}`,
      "let it in (pg_hba.conf), or sign in as another user",
    );
  if (code === "3D000")
    return new ConnectionFailure(
      "missing",
      `${host} has no database ${database}`,
      "correct `--database`, or create it",
    );
  if (code === "42501")
    return new ConnectionFailure("rights", `${user} may not read it: ${said}`, `let it: GRANT SELECT … TO ${user}`);
  if (code === "57014")
    return new ConnectionFailure(
      "timeout",
      `the query was stopped: ${said}`,
      "make it faster, or raise `timeoutSeconds`",
    );
  if (code === "25006") return new ConnectionFailure("query", `a connection only reads: ${said}`, "write a SELECT");
  if (code.startsWith("53"))
    return new ConnectionFailure("other", `${host} has no room: ${said}`, "try again, or let it have more connections");
  return new ConnectionFailure(/^[0-9A-Z]{5}$/.test(code) ? "query" : "other", said, "correct the query");
}
