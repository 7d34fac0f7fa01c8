/**
 * Makes Parquet of logged requests: `node parquet-child.ts <JSON lines> <Parquet>`. A process of its own, because the
 * values are whatever callers sent and DuckDB is native code; before it reads them it is shut: exactly these two files,
 * no extensions, settings locked.
 */
import { DuckDBInstance } from "@duckdb/node-api";

const [from = "", to = ""] = process.argv.slice(2);
const text = (value: string) => `'${value.replaceAll("'", "''")}'`;

const instance = await DuckDBInstance.create(":memory:", { threads: "1", memory_limit: "512MiB" });
const connection = await instance.connect();
for (const setting of [
  "TimeZone = 'UTC'",
  `allowed_paths = [${text(from)}, ${text(to)}]`,
  "autoinstall_known_extensions = false",
  "autoload_known_extensions = false",
  "temp_directory = ''",
  "enable_external_access = false",
  "lock_configuration = true",
])
  await connection.run(`SET ${setting}`);
await connection.run(`
  COPY (
    SELECT id AS prediction_id, "row", epoch_ms(CAST('0x' || substr(id, 1, 8) || substr(id, 10, 4) AS BIGINT)) AS predicted_at,
      release AS release_id, score, label, features
    FROM read_json(${text(from)}, format = 'newline_delimited', maximum_object_size = 16777216, columns = {
      id: 'VARCHAR', "row": 'INTEGER', release: 'VARCHAR', score: 'DOUBLE', label: 'VARCHAR', features: 'JSON' })
  ) TO ${text(to)} (FORMAT parquet, COMPRESSION zstd)`);
connection.closeSync();
instance.closeSync();
