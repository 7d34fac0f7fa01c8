import { connect as connectSocket, isIP } from "node:net";
import { createConnection, type FieldPacket, type Connection as MysqlConnection } from "mysql2";
import { resolvePlace } from "./address.ts";
import type { Connection } from "./connection.ts";
import { ConnectionFailure, networkFailure } from "./failure.ts";
import type { Limits } from "./limits.ts";
import { type DatabaseColumn, describeUnknown, noType, type TextRow } from "./rows-table.ts";

const connectMs = 10_000;
const batchRows = 500;

/** A session that can only read, of MySQL or MariaDB. Values are the texts that the server wrote. */
async function openMysql(connection: Connection, timeoutSeconds: number) {
  const { settings, password } = connection;
  const { host = "", port = 3306, database = "", user = "" } = settings;
  const explain = (error: unknown): Error =>
    networkFailure(error, `${host}:${port}`) ?? explainMysql(error, connection);
  try {
    const place = await resolvePlace(host, connection);
    if (settings.tls && isIP(place.host)) throw noNameToCheck(place.host);
    const client = createConnection({
      ...{ host: place.host, port, database, user, password, connectTimeout: connectMs },
      stream: () => connectSocket({ host: place.address, port }),
      ...(settings.tls
        ? { ssl: { rejectUnauthorized: true, verifyIdentity: true, ...(settings.ca ? { ca: settings.ca } : {}) } }
        : {}),
      multipleStatements: false,
      // no server may ask for a file of this machine
      flags: ["-LOCAL_FILES"],
      rowsAsArray: true,
      charset: "utf8mb4_general_ci",
      typeCast: (field) => field.buffer(),
    });
    client.on("error", () => undefined);
    const ask = (sql: string): Promise<unknown[][]> =>
      new Promise((resolve, reject) =>
        client.query(sql, (error, rows) => (error ? reject(explain(error)) : resolve(rows as unknown as unknown[][]))),
      );
    await new Promise<void>((resolve, reject) => client.connect((error) => (error ? reject(error) : resolve())));
    await ask("SET SESSION time_zone = '+00:00'");
    await limitTime(ask, timeoutSeconds);
    await ask("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
    return { client, ask, explain, close: () => client.destroy() };
  } catch (error) {
    throw explain(error);
  }
}

/** The client compares a certificate with a name, and would take one for `localhost` where there is none. */
const noNameToCheck = (host: string): ConnectionFailure =>
  new ConnectionFailure(
    "tls",
    `${host}: TLS failed: an address has no name to compare the server's certificate with`,
    "add the connection with the name that is in the server's certificate, or with `--tls off` where the network is trusted",
  );

/** MariaDB counts seconds, MySQL milliseconds, under names of their own. */
async function limitTime(ask: (sql: string) => Promise<unknown[][]>, seconds: number): Promise<void> {
  const [[version] = []] = await ask("SELECT version()");
  const isMaria = /mariadb/i.test(String(version));
  await ask(
    isMaria ? `SET SESSION max_statement_time = ${seconds}` : `SET SESSION max_execution_time = ${seconds * 1000}`,
  );
}

export async function readMysql(
  connection: Connection,
  query: string,
  limits: Limits,
  onColumns: (columns: readonly DatabaseColumn[]) => Promise<void>,
  onRows: (rows: readonly TextRow[]) => void,
): Promise<void> {
  const { client, explain, close } = await openMysql(connection, limits.timeoutSeconds);
  try {
    await streamRows(client, query.trim().replace(/;\s*$/, ""), onColumns, onRows);
  } catch (error) {
    throw explain(error);
  } finally {
    close();
  }
}

/** Rows come only as fast as they are taken: the stream holds the socket back. */
async function streamRows(
  client: MysqlConnection,
  sql: string,
  onColumns: (columns: readonly DatabaseColumn[]) => Promise<void>,
  onRows: (rows: readonly TextRow[]) => void,
): Promise<void> {
  const asked = client.query(sql);
  let fields: readonly FieldPacket[] | undefined;
  asked.on("fields", (found: readonly FieldPacket[]) => {
    fields ??= found;
  });
  const stream = asked.stream({ highWaterMark: batchRows });
  let columns: readonly DatabaseColumn[] | undefined;
  let batch: TextRow[] = [];
  const begin = async (): Promise<readonly DatabaseColumn[]> => {
    const found = (fields ?? []).map(columnOf);
    await onColumns(found);
    return found;
  };
  for await (const row of stream as AsyncIterable<readonly (Buffer | null)[]>) {
    columns ??= await begin();
    batch.push(row.map((bytes, at) => textOf(bytes, columns?.[at])));
    if (batch.length < batchRows) continue;
    onRows(batch);
    batch = [];
  }
  columns ??= await begin();
  onRows(batch);
}

/** Bytes in hexadecimal and instants in UTC, all else as it was sent. */
function textOf(bytes: Buffer | null, column: DatabaseColumn | undefined): string | null {
  if (bytes === null) return null;
  if (column?.type === "bytes") return bytes.toString("hex");
  return column?.databaseType === "timestamp" ? `${bytes}+00` : bytes.toString("utf8");
}

export async function checkMysql(connection: Connection): Promise<string> {
  const { ask, close } = await openMysql(connection, 15);
  try {
    const { user = "", database = "" } = connection.settings;
    const [[table] = []] = await ask(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = database() ORDER BY table_name LIMIT 1",
    );
    if (table === undefined)
      throw new ConnectionFailure(
        "rights",
        `${user} sees no table in the database ${database}`,
        `let it read: GRANT SELECT ON ${database}.* TO ${user}; or make the first table`,
      );
    const rows = await ask(`SELECT 1 FROM \`${String(table).replaceAll("`", "``")}\` LIMIT 1`);
    return `signed in as ${user} and read ${rows.length === 0 ? "from" : "a row of"} ${table}`;
  } finally {
    close();
  }
}

const unsignedFlag = 32;
const binaryCharset = 63;

function columnOf(field: FieldPacket): DatabaseColumn {
  const packet = field as FieldPacket & { columnType?: number; columnLength?: number; characterSet?: number };
  const { name, decimals = 0 } = field;
  const code = packet.columnType ?? field.type ?? -1;
  const isUnsigned = (Number(field.flags) & unsignedFlag) !== 0;
  const bytes = packet.characterSet === binaryCharset;
  const whole = wholeNumbers[code];
  if (whole !== undefined) return { name, databaseType: whole.toLowerCase(), type: isUnsigned ? `U${whole}` : whole };
  switch (code) {
    case 0:
    case 246: {
      const precision = (packet.columnLength ?? 0) - (decimals > 0 ? 1 : 0) - (isUnsigned ? 0 : 1);
      const type = precision > 38 || precision < 1 ? "numeric" : `DECIMAL(${precision}, ${decimals})`;
      return { name, databaseType: `decimal(${precision},${decimals})`, type };
    }
    case 4:
      throw noType({ name, databaseType: "float" }, `CAST(${name} AS DOUBLE) AS ${name}`);
    case 5:
      return { name, databaseType: "double", type: "DOUBLE" };
    case 7:
      return { name, databaseType: "timestamp", type: "TIMESTAMP WITH TIME ZONE" };
    case 10:
      return { name, databaseType: "date", type: "DATE" };
    case 12:
      return { name, databaseType: "datetime", type: "TIMESTAMP" };
    case 11:
      throw noType({ name, databaseType: "time" }, `CAST(${name} AS CHAR) AS ${name}`);
    case 16:
      throw noType({ name, databaseType: "bit" }, `${name} + 0 AS ${name}`);
    case 245:
    case 247:
    case 248:
      return { name, databaseType: "text", type: "VARCHAR" };
    case 15:
    case 249:
    case 250:
    case 251:
    case 252:
    case 253:
    case 254:
      return bytes ? { name, databaseType: "binary", type: "bytes" } : { name, databaseType: "text", type: "VARCHAR" };
    case 6:
      return { name, databaseType: "null", type: "VARCHAR" };
    default:
      throw noType(
        { name, databaseType: code === 255 ? "geometry" : `type ${code}` },
        `CAST(${name} AS CHAR) AS ${name}`,
      );
  }
}

const wholeNumbers: Readonly<Record<number, string>> = {
  1: "TINYINT",
  2: "SMALLINT",
  3: "INTEGER",
  8: "BIGINT",
  9: "INTEGER",
  13: "SMALLINT",
};

function explainMysql(error: unknown, connection: Connection): ConnectionFailure {
  if (error instanceof ConnectionFailure) return error;
  const { name, environment, settings } = connection;
  const { user = "", database = "", host = "" } = settings;
  const { code = "", errno = 0 } = error as { code?: string; errno?: number };
  const said = describeUnknown(error);
  const again = `pave connections add ${name}${environment === null ? "" : ` --environment ${environment}`} …`;
  switch (errno) {
    case 1045:
    case 1698:
      return new ConnectionFailure(
        "password",
        `${host} refuses the password of ${user}`,
        // MariaDB says no more than that to one who has to come over TLS
        `set the present one: \`${again}\` with the password on standard input${settings.tls ? "" : "; if the user has to come over TLS, add `--tls on`"}`,
      );
    case 1044:
      return new ConnectionFailure(
        "rights",
        `${user} may not use the database ${database}`,
        `let it: GRANT SELECT ON ${database}.* TO ${user}`,
      );
    case 1049:
      return new ConnectionFailure(
        "missing",
        `${host} has no database ${database}`,
        "correct `--database`, or create it",
      );
    case 1142:
    case 1143:
      return new ConnectionFailure(
        "rights",
        `${user} may not read it: ${said}`,
        `let it: GRANT SELECT ON ${database}.* TO ${user}`,
      );
    case 1969:
    case 3024:
      return new ConnectionFailure(
        "timeout",
        `the query was stopped: ${said}`,
        "make it faster, or raise `timeoutSeconds`",
      );
    case 1792:
      return new ConnectionFailure("query", `a connection only reads: ${said}`, "write a SELECT");
    case 3159:
      return new ConnectionFailure("tls", `${host} takes ${user} over TLS only`, "add the connection with `--tls on`");
    default:
      return new ConnectionFailure(code.startsWith("ER_") ? "query" : "other", said, "correct the query");
  }
}
