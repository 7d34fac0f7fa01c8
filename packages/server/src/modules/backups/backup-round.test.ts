import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createContext } from "../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { createFolderStore } from "../artifacts/index.ts";
import { checkChain, sealLedger } from "../ledger/index.ts";
import { createBackup } from "./create-backup.ts";
import type { KeyFiles } from "./encryption.ts";
import { verifyFiles } from "./open-backup.ts";
import { restoreBackup } from "./restore-backup.ts";
import { blobLines, findBackup, removeBackup } from "./target.ts";
import { type FilledPlatform, fillPlatform, tableTexts } from "./testing/filled-platform.ts";

let platform: FilledPlatform;
const opened: TestDatabase[] = [];
beforeAll(async () => {
  platform = await fillPlatform();
});
afterAll(async () => {
  for (const db of opened) await db.drop();
  await platform.remove();
});

const backup = (target: string, more: { recipient?: string; passphraseFile?: string; masterKeysFile?: string } = {}) =>
  createBackup({
    address: platform.db.url,
    store: platform.store,
    resourcesFolder: join(platform.dataFolder, "resources"),
    target: platform.folder(target),
    ...more,
  });

async function restore(target: string, name: string, keys: KeyFiles = {}, masterKeysFile?: string) {
  const db = await createTestDatabase({ migrated: false });
  opened.push(db);
  const dataFolder = platform.folder(name);
  await mkdir(dataFolder, { recursive: true });
  const store = await createFolderStore({ folder: join(dataFolder, "artifacts") });
  const found = await findBackup(platform.folder(target), undefined);
  const result = await restoreBackup({
    ...{ backup: found, keys, dataFolder, markFile: join(dataFolder, "restore.json") },
    masterKeysFile: masterKeysFile ?? join(dataFolder, "master-keys"),
    openDatabase: async () => ({ address: db.url, close: async () => undefined }),
    openStore: async () => store,
  });
  return { result, dataFolder, store, ctx: createContext(db.database, { log: silentLogger }) };
}

test("every row, sequence, blob and file comes back; sessions are over, tokens and the ledger stay", async () => {
  const before = await tableTexts(platform.ctx);
  const manifest = await backup("plain");
  expect(manifest.warnings).toEqual([]);
  expect(await readdir(join(platform.folder("plain"), manifest.id))).toContain("manifest.json");

  const { ctx, store, dataFolder, result } = await restore("plain", "restored");
  expect(result.findings).toContainEqual(expect.stringMatching(/30 sealed events form one chain/));
  const after = await tableTexts(ctx);
  const changed = ["ledger_events", "tokens", "platform_settings", "gateway_config"];
  for (const [table, rows] of Object.entries(before))
    if (!changed.includes(table)) expect({ [table]: after[table] }).toEqual({ [table]: rows });
  expect(after.ledger_events).toHaveLength((before.ledger_events?.length ?? 0) + 1);
  const tokens = await ctx.db.selectFrom("tokens").select(["kind", "revoked_at"]).orderBy("kind").execute();
  expect(tokens).toEqual([
    { kind: "api", revoked_at: null },
    { kind: "session", revoked_at: expect.any(Date) },
  ]);
  expect(await ctx.db.selectFrom("leases").selectAll().execute()).toEqual([]);

  for (const { key, size } of await ctx.db.selectFrom("blobs").select(["key", "size"]).execute()) {
    let bytes = 0;
    for await (const chunk of (await store.get(key)) ?? []) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(size);
  }
  expect(await readFile(join(dataFolder, "resources/flights/staging/bucket/features/a file.txt"), "utf8")).toBe("kept");
  expect(await readdir(dataFolder)).not.toContain("restore.json");
  expect(await readdir(join(dataFolder, "artifacts", "ledger"))).toHaveLength(1);

  // it goes on: new rows get new numbers, the sealer seals what was not yet sealed
  const { rows } = await sql<{ id: number }>`insert into experiments (name, project_id, artifact_location)
    select 'new', id, 'x' from projects returning id`.execute(ctx.db);
  expect(rows[0]?.id).toBe(51);
  await sealLedger(ctx, "restored");
  expect(await checkChain(ctx)).toMatchObject({ events: 32, problem: null });
});

test("the second backup copies only what is new, and removing one leaves what another needs", async () => {
  const first = await backup("again");
  expect(first.blobs).toMatchObject({ count: 5, newCount: 5, missing: 0 });
  await platform.artifacts.storeBytes(platform.ctx, "four");
  const second = await backup("again");
  expect(second.blobs).toMatchObject({ count: 6, newCount: 1 });
  expect(second.blobs.newBytes).toBe(4);
  await removeBackup(platform.folder("again"), first.id);
  await restore("again", "again-restored");
  await removeBackup(platform.folder("again"), second.id);
  const left = await readdir(platform.folder("again"), { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => entry.isFile())).toEqual([]);
});

test("a passphrase opens it again and no other does; bytes that are encrypted already are not encrypted again", async () => {
  const passphraseFile = platform.folder("passphrase");
  await writeFile(passphraseFile, "correct horse battery\n");
  const wrong = platform.folder("wrong");
  await writeFile(wrong, "correct horse batterx\n");
  await backup("sealed", { passphraseFile });
  const second = await backup("sealed", { passphraseFile });
  expect(second.blobs.newCount).toBe(0);
  const files = await readdir(platform.folder("sealed"), { recursive: true, withFileTypes: true });
  const secret = Buffer.from("Tabs\\tand");
  for (const file of files.filter((one) => one.isFile())) {
    const bytes = await readFile(join(file.parentPath, file.name));
    expect(bytes.includes(secret), file.name).toBe(false);
    if (file.name.endsWith(".age")) expect(bytes.subarray(0, 21).toString()).toBe("age-encryption.org/v1");
  }
  const nothing = { code: "backup.not_decrypted", fix: expect.stringContaining("--passphrase-file") };
  await expect(restore("sealed", "no-key")).rejects.toMatchObject(nothing);
  await expect(restore("sealed", "wrong-key", { passphraseFile: wrong })).rejects.toMatchObject(nothing);
  await restore("sealed", "sealed-restored", { passphraseFile });
});

test("master keys come back to where the platform reads them, and one that is there stays", async () => {
  const { generateX25519Identity, identityToRecipient } = await import("age-encryption");
  const identity = await generateX25519Identity();
  const [identityFile, keys] = [platform.folder("keys-identity"), platform.folder("own-keys")];
  const elsewhere = join(platform.folder("etc"), "pave", "keys");
  await writeFile(identityFile, identity);
  await writeFile(keys, "the keys of before\n");
  await backup("with-keys", { recipient: await identityToRecipient(identity), masterKeysFile: keys });

  const { dataFolder } = await restore("with-keys", "keys-restored", { identityFile }, elsewhere);
  expect(await readFile(elsewhere, "utf8")).toBe("the keys of before\n");
  expect((await stat(elsewhere)).mode & 0o777).toBe(0o600);
  expect(await readdir(dataFolder)).not.toContain("master-keys");

  await writeFile(elsewhere, "keys that are there\n");
  await restore("with-keys", "keys-kept", { identityFile }, elsewhere);
  expect(await readFile(elsewhere, "utf8")).toBe("keys that are there\n");
});

test("a recipient's identity opens it, another's does not", async () => {
  const { generateX25519Identity, identityToRecipient } = await import("age-encryption");
  const [identity, other] = [await generateX25519Identity(), await generateX25519Identity()];
  const recipient = await identityToRecipient(identity);
  const [right, wrong] = [platform.folder("right.txt"), platform.folder("wrong.txt")];
  await writeFile(right, `# created: today\n${identity}\n`);
  await writeFile(wrong, other);
  await backup("for-key", { recipient });
  await expect(restore("for-key", "other-key", { identityFile: wrong })).rejects.toMatchObject({
    code: "backup.not_decrypted",
    message: expect.stringContaining(recipient),
  });
  await restore("for-key", "for-key-restored", { identityFile: right });
  await expect(backup("for-nobody", { recipient: "age1nobody" })).rejects.toMatchObject({ code: "request.invalid" });
});

test("bytes that rotted in the pool are set aside by a check, and the next backup makes older ones whole again", async () => {
  const target = platform.folder("rotten");
  const { id } = await backup("rotten");
  const found = await findBackup(target, id);
  const files: string[] = [];
  for await (const line of blobLines(found)) if (line.kind !== "missing") files.push(line.file);
  const path = join(target, "blobs", files[0] ?? "");
  const bytes = await readFile(path);
  await writeFile(
    path,
    bytes.map((byte) => byte ^ 1),
  );
  await expect(verifyFiles(found, { setAside: true })).rejects.toMatchObject({ code: "backup.unreadable" });
  expect((await backup("rotten")).blobs.newCount).toBe(1);
  await verifyFiles(found);
});

test("bytes that lie there plain are not taken for encrypted ones", async () => {
  await writeFile(platform.folder("secret"), "correct horse battery");
  await platform.ctx.db
    .insertInto("request_log_files")
    .values({
      ...{ id: "log", deployment_id: "d", store: "folder", rows: 1, bytes: 4 },
      key: await platform.store.put(Readable.from([Buffer.from("rows")])),
      ...{ from_at: new Date(), to_at: new Date() },
    })
    .execute();
  await backup("mixed");
  const sealed = await backup("mixed", { passphraseFile: platform.folder("secret") });
  expect(sealed.blobs.newCount).toBe(sealed.blobs.count);
  for await (const line of blobLines(await findBackup(platform.folder("mixed"), sealed.id)))
    expect("file" in line && line.file).toMatch(/\.age$/);
});
