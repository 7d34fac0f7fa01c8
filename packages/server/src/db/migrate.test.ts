import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { migrate } from "./migrate.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

const run = promisify(execFile);

let empty: TestDatabase;
let folder: string;
beforeEach(async () => {
  empty = await createTestDatabase({ migrated: false });
  folder = await mkdtemp(join(tmpdir(), "pave-migrations-"));
  await write(
    "0001-things-create.sql",
    "create table things (id integer primary key);\ninsert into things values (1);",
  );
});
afterEach(async () => {
  await empty.drop();
  await rm(folder, { recursive: true });
});

describe("migrate", () => {
  it("applies what is new, in order, once", async () => {
    expect(await migrate(empty.url, { folder })).toEqual(["0001-things-create"]);
    expect(await migrate(empty.url, { folder })).toEqual([]);
    await write("0002-things-add.sql", "insert into things select max(id) + 1 from things;");
    await write("0003-things-double.sql", "insert into things select id + 10 from things;");
    expect(await migrate(empty.url, { folder })).toEqual(["0002-things-add", "0003-things-double"]);
    expect(await values("select id from things order by id")).toEqual([1, 2, 11, 12]);
  });

  it("takes a number that was left out when it comes", async () => {
    await write("0003-things-add.sql", "insert into things values (3);");
    expect(await migrate(empty.url, { folder })).toEqual(["0001-things-create", "0003-things-add"]);
    await write("0002-things-late.sql", "insert into things values (2);");
    expect(await migrate(empty.url, { folder })).toEqual(["0002-things-late"]);
    expect(await values("select id from things order by id")).toEqual([1, 2, 3]);
  });

  it("lets servers that start together wait for one another", async () => {
    await write("0002-things-slow.sql", "select pg_sleep(0.3); insert into things values (2);");
    const script = join(import.meta.dirname, "fixtures/migrate-folder.ts");
    const outputs = await Promise.all(
      Array.from({ length: 2 }, () => run(process.execPath, [script, empty.url, folder])),
    );
    const applied = outputs.map(({ stdout }) => JSON.parse(stdout) as string[]).sort((a, b) => a.length - b.length);
    expect(applied).toEqual([[], ["0001-things-create", "0002-things-slow"]]);
    expect(await values("select id from things order by id")).toEqual([1, 2]);
  });

  it("leaves nothing of a migration that fails, and names file and line", async () => {
    await write("0002-things-break.sql", "insert into things values (2);\n\ninsert into thinks values (3);\n");
    await expect(migrate(empty.url, { folder })).rejects.toThrow(
      `Migration 0002-things-break.sql:3 failed: relation "thinks" does not exist`,
    );
    expect(await values("select id from things")).toEqual([1]);
    await write("0002-things-break.sql", "insert into things values (2);");
    expect(await migrate(empty.url, { folder })).toEqual(["0002-things-break"]);
  });

  it("refuses a migration that was edited after it ran", async () => {
    await migrate(empty.url, { folder });
    await write("0001-things-create.sql", "create table things (id bigint primary key);");
    await expect(migrate(empty.url, { folder })).rejects.toMatchObject({ code: "database.migration_edited" });
  });

  it("lets older code run on a newer database, unless a newer migration is marked breaking", async () => {
    await write("0002-things-add.sql", "alter table things add name text;");
    await migrate(empty.url, { folder });
    await rm(join(folder, "0002-things-add.sql"));
    expect(await migrate(empty.url, { folder })).toEqual([]);

    await write("0002-things-add.sql", "alter table things add name text;");
    await write(
      "0003-things-drop.sql",
      "-- Needs code that no longer reads names.\n-- min-code: 3\nalter table things drop name;",
    );
    await migrate(empty.url, { folder });
    await rm(join(folder, "0003-things-drop.sql"));
    await expect(migrate(empty.url, { folder })).rejects.toMatchObject({
      code: "database.newer",
      message:
        "The database was migrated by a newer Pave: 0003-things-drop needs code that knows migration 3, this one knows 2",
    });
  });

  it.each([
    { file: "0001-things-twice.sql", message: /expected a number after 1, found 1/ },
    { file: "0000-things-none.sql", message: /expected a number after 0, found 0/ },
    { file: "2-things.sql", message: /expected a name such as/ },
  ])("refuses the file name $file", async ({ file, message }) => {
    await write(file, "select 1;");
    await expect(migrate(empty.url, { folder })).rejects.toThrow(message);
  });

  it("says where it looked when nobody answers", async () => {
    await expect(
      migrate({ host: "127.0.0.1", port: 1, user: "pave", database: "pave" }, { folder }),
    ).rejects.toMatchObject({
      code: "database.unavailable",
      message: expect.stringContaining("127.0.0.1:1/pave"),
    });
  });
});

const write = (name: string, sql: string): Promise<void> => writeFile(join(folder, name), sql);

async function values(sql: string): Promise<unknown[]> {
  const { rows } = await empty.database.pool.query({ text: sql, rowMode: "array" });
  return rows.map((row: unknown[]) => row[0]);
}
