import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";

const run = promisify(execFile);
const component = join(import.meta.dirname, "..", "..", "components", "read-connection");

const defaults = {
  query: null,
  path: null,
  version: null,
  maxRows: 1000,
  maxBytes: 1_000_000,
  timeoutSeconds: 20,
  delimiter: null,
  missing: [],
  textColumns: [],
};

export interface ReadTable {
  /** Each value as text. */
  readonly rows: readonly (readonly unknown[])[];
  /** Exact types by column. */
  readonly types: Readonly<Record<string, string>>;
  /** What lineage will say of it. */
  readonly source: unknown;
}

/** The component by itself, as a runner starts it. Throws what it said when it fails. */
export async function readConnection(
  connection: { readonly name: string },
  params: Readonly<Record<string, unknown>>,
): Promise<ReadTable> {
  const folder = await mkdtemp(join(tmpdir(), "pave-read-"));
  await writeFile(
    join(folder, "input.json"),
    JSON.stringify({ params: { connection: connection.name, ...defaults, ...params }, inputs: {}, outputs: {} }),
  );
  const env = {
    PATH: process.env.PATH,
    TMPDIR: folder,
    PAVE_INPUT: join(folder, "input.json"),
    PAVE_OUTPUT: folder,
    PAVE_CONNECTION: JSON.stringify(connection),
  };
  try {
    await run(process.execPath, ["read-connection.ts"], { cwd: component, env });
    const db = await (await DuckDBInstance.create(":memory:")).connect();
    await db.run("SET TimeZone = 'UTC'");
    const table = await db.runAndReadAll(
      `SELECT COLUMNS(*)::VARCHAR FROM read_parquet('${join(folder, "table.parquet")}')`,
    );
    const metadata = JSON.parse(await readFile(join(folder, "metadata.json"), "utf8")) as {
      table: { columns: { name: string; exactType: string }[]; source: unknown };
    };
    return {
      rows: table.getRows(),
      types: Object.fromEntries(metadata.table.columns.map((one) => [one.name, one.exactType])),
      source: metadata.table.source,
    };
  } catch (error) {
    throw new Error((error as { stderr?: string }).stderr ?? String(error));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
