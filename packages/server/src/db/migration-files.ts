import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { installation } from "@pave/contract/installation";

/** One file `0012-area-what.sql`. */
export interface Migration {
  readonly number: number;
  /** File name without `.sql`. */
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
  /** Of the header line `-- min-code: 12`: code whose newest migration is older must not use the database any more. */
  readonly minCode: number | undefined;
}

/**
 * All migrations in order. Throws when a number is used twice, so a bad merge shows at once. Numbers may be left out:
 * whoever works on several at once gives them out beforehand, and a database takes each whenever it comes.
 */
export async function readMigrations(folder: string = installation.migrations): Promise<readonly Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".sql")).sort();
  const migrations = await Promise.all(
    files.map(async (file) => parseMigration(file, await readFile(join(folder, file), "utf8"))),
  );
  migrations.forEach((migration, index) => {
    const before = migrations[index - 1]?.number ?? 0;
    if (migration.number > before) return;
    throw new Error(
      `${join(folder, migration.name)}.sql: expected a number after ${before}, found ${migration.number}; each is used once`,
    );
  });
  return migrations;
}

function parseMigration(file: string, text: string): Migration {
  const match = /^(\d{4})-[a-z0-9]+(-[a-z0-9]+)+\.sql$/.exec(file);
  if (!match) throw new Error(`${file}: expected a name such as 0012-runs-add-attempt.sql`);
  const sql = text.replaceAll("\r\n", "\n");
  const minCode = /^-- min-code: (\d+)$/m.exec(sql)?.[1];
  return {
    number: Number(match[1]),
    name: file.slice(0, -".sql".length),
    sql,
    sha256: createHash("sha256").update(sql).digest("hex"),
    minCode: minCode === undefined ? undefined : Number(minCode),
  };
}
