import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { json } from "../../../db/column-types.ts";
import { type Ctx, createContext } from "../../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../../db/test-database.ts";
import { silentLogger } from "../../../kernel/logger.ts";
import { commandKey } from "./key-command.ts";
import { openVault } from "./open-vault.ts";

let db: TestDatabase;
let ctx: Ctx;
let folder: string;
let file: string;
beforeEach(async () => {
  db = await createTestDatabase();
  ctx = createContext(db.database, { log: silentLogger });
  folder = await mkdtemp(join(tmpdir(), "pave-vault-"));
  file = join(folder, "master-keys");
});
afterEach(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});

const own = { command: [], key: "" };
const keyText = Buffer.alloc(32, 7).toString("base64");

/** A key service that turns bytes over. */
const service = async (wrapping = "Buffer.from(b.map((x) => x ^ 255)).toString('base64')") => {
  const path = join(folder, "service.mjs");
  await writeFile(
    path,
    `let t = ""; for await (const c of process.stdin) t += c;
     const b = Buffer.from(t.trim(), "base64"); console.log(${wrapping});`,
  );
  return [process.execPath, path];
};

test("what is sealed opens with its context alone, on any server with the file", async () => {
  const vault = await openVault(ctx, { ...own, file });
  const sealed = await vault.seal("s3cr3t ☂", "flights/token/1");
  expect(JSON.stringify(sealed)).not.toContain("s3cr3t");
  expect(await vault.open(sealed, "flights/token/1")).toBe("s3cr3t ☂");
  await expect(vault.open(sealed, "other/token/1")).rejects.toMatchObject({ code: "vault.damaged" });
  const tampered = { ...sealed, value: `A${sealed.value.slice(1)}` };
  if (tampered.value !== sealed.value)
    await expect(vault.open(tampered, "flights/token/1")).rejects.toMatchObject({ code: "vault.damaged" });
  expect((await vault.seal("s3cr3t ☂", "flights/token/1")).value).not.toBe(sealed.value);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await (await openVault(ctx, { ...own, file })).open(sealed, "flights/token/1")).toBe("s3cr3t ☂");
});

test("a lost file is not papered over with a new key, and says what to restore", async () => {
  const sealed = await (await openVault(ctx, { ...own, file })).seal("value-1", "c");
  const kept = await readFile(file);
  await rm(file);
  const vault = await openVault(ctx, { ...own, file });
  await expect(stat(file)).rejects.toMatchObject({ code: "ENOENT" });
  await expect(vault.open(sealed, "c")).rejects.toMatchObject({
    code: "vault.locked",
    fix: expect.stringContaining(file),
  });
  await expect(vault.seal("x", "c")).rejects.toMatchObject({ code: "vault.locked" });
  await writeFile(file, kept, { mode: 0o600 });
  expect(await vault.open(sealed, "c")).toBe("value-1");
});

test("a file that others may read, or with something else in it, is refused", async () => {
  await writeFile(file, "short\n", { mode: 0o600 });
  await expect(openVault(ctx, { ...own, file })).rejects.toMatchObject({ code: "vault.misconfigured" });
  await chmod(file, 0o640);
  await expect(openVault(ctx, { ...own, file })).rejects.toMatchObject({ fix: `chmod 600 ${file}` });
  await expect(openVault(ctx, { ...own, key: "abc", file })).rejects.toMatchObject({ code: "vault.misconfigured" });
});

test("rotation wraps data keys anew and reads no value; older keys still open what a backup holds", async () => {
  await ctx.database.pool.query("create table kept (id text primary key, sealed jsonb)");
  const vault = await openVault(ctx, { ...own, file });
  vault.keeps({ table: "kept", column: "sealed" });
  const old = await vault.seal("value-1", "c");
  for (let id = 0; id < 205; id += 1)
    await ctx.database.pool.query("insert into kept values ($1, $2)", [
      String(id).padStart(3, "0"),
      JSON.stringify(old),
    ]);
  await ctx.database.pool.query("insert into kept values ('null', null)");
  const rotation = await vault.rotate(ctx);
  expect(rotation).toMatchObject({ isNew: true, rewrapped: 205 });
  const { rows } = await ctx.database.pool.query("select sealed from kept where id = '204'");
  expect(rows[0].sealed).toMatchObject({ masterKey: rotation.masterKey, value: old.value });
  expect(await vault.open(rows[0].sealed, "c")).toBe("value-1");
  expect(await vault.open(old, "c")).toBe("value-1");
  // Another server that was up all the time reads the file again.
  const other = await openVault(ctx, { ...own, file });
  expect((await other.seal("x", "c")).masterKey).toBe(rotation.masterKey);
});

test("a key of the environment seals before the file, which still opens", async () => {
  const sealed = await (await openVault(ctx, { ...own, file })).seal("value-1", "c");
  const vault = await openVault(ctx, { command: [], key: keyText, file });
  expect(await vault.open(sealed, "c")).toBe("value-1");
  const again = await vault.rewrap(sealed);
  expect(again.masterKey).not.toBe(sealed.masterKey);
  expect(await vault.open(again, "c")).toBe("value-1");
  expect(await vault.rotate(ctx)).toMatchObject({ isNew: false, masterKey: again.masterKey });
});

test("a second server with a file of its own does not seal what the first cannot open", async () => {
  await openVault(ctx, { ...own, file });
  await ctx.db
    .updateTable("platform_settings")
    .set({ value: json("key-of-another") })
    .where("name", "=", "vault-master-key")
    .execute();
  const vault = await openVault(ctx, { ...own, file });
  await expect(vault.seal("x", "c")).rejects.toMatchObject({
    code: "vault.locked",
    message: expect.stringContaining("key-of-another"),
  });
});

test("a command wraps and unwraps; it is told apart by what went wrong", async () => {
  const vault = await openVault(ctx, { command: await service(), key: "", file });
  const sealed = await vault.seal("value-1", "c");
  expect(sealed.masterKey).toMatch(/^command-/);
  expect(await vault.open(sealed, "c")).toBe("value-1");
  await expect(stat(file)).rejects.toMatchObject({ code: "ENOENT" });

  const key = Buffer.alloc(32, 1);
  await expect(commandKey(["/nowhere/kms"]).wrap(key)).rejects.toMatchObject({
    code: "vault.unavailable",
    message: expect.stringContaining("could not be started"),
  });
  await expect(
    commandKey([process.execPath, "-e", "console.error('no right'); process.exit(3)", "--"]).wrap(key),
  ).rejects.toMatchObject({
    message: expect.stringContaining("ended with code 3: no right"),
  });
  await expect(
    commandKey([process.execPath, "-e", "setTimeout(() => {}, 60000)", "--"], 200).wrap(key),
  ).rejects.toMatchObject({
    message: expect.stringContaining("did not answer in 0.2 s"),
  });
  await expect(commandKey(await service("''")).wrap(key)).rejects.toMatchObject({ code: "vault.unavailable" });
});
