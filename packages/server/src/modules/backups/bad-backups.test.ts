import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { signingKey } from "@pave/contract/ledger";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { createFolderStore } from "../artifacts/index.ts";
import { ledgerKey } from "../ledger/index.ts";
import { createBackup } from "./create-backup.ts";
import { formatVersion, type Manifest, writeManifest } from "./manifest.ts";
import { verifyFiles } from "./open-backup.ts";
import { restoreBackup } from "./restore-backup.ts";
import { findBackup } from "./target.ts";
import { type FilledPlatform, fillPlatform } from "./testing/filled-platform.ts";

/** What people and disks do to backups: each gives one message with the fix, and touches nothing. */
let platform: FilledPlatform;
let empty: TestDatabase;
let good: string;
let id: string;
beforeAll(async () => {
  platform = await fillPlatform();
  empty = await createTestDatabase({ migrated: false });
  good = platform.folder("good");
  id = (await make(good)).id;
});
afterAll(async () => {
  await empty.drop();
  await platform.remove();
});

const make = (target: string, more: { reserveBytes?: number } = {}) =>
  createBackup({
    ...more,
    address: platform.db.url,
    store: platform.store,
    resourcesFolder: join(platform.dataFolder, "resources"),
    target,
  });

/** A copy with something done to it. */
async function changed(name: string, change: (folder: string) => Promise<unknown>): Promise<string> {
  const folder = platform.folder(name);
  await rm(folder, { recursive: true, force: true });
  await cp(good, folder, { recursive: true });
  await change(folder);
  return folder;
}

async function restore(
  target: string,
  address = empty.url,
  more: { replace?: boolean; dataFolder?: string } = {},
): Promise<unknown> {
  const { dataFolder = platform.folder("into") } = more;
  await mkdir(dataFolder, { recursive: true });
  return restoreBackup({
    ...{
      backup: await findBackup(target, undefined),
      keys: {},
      dataFolder,
      markFile: join(dataFolder, "restore.json"),
      masterKeysFile: join(dataFolder, "master-keys"),
    },
    openDatabase: async () => ({ address, close: async () => undefined }),
    openStore: () => createFolderStore({ folder: join(dataFolder, "artifacts") }),
    replace: more.replace === true,
  });
}

/** Neither a table nor a file. */
async function expectUntouched(): Promise<void> {
  const { rows } = await empty.database.pool.query("select from pg_class where relnamespace = 'public'::regnamespace");
  expect(rows).toHaveLength(0);
  const left = await readdir(platform.folder("into"), { recursive: true, withFileTypes: true }).catch(() => []);
  expect(left.filter((entry) => entry.isFile())).toEqual([]);
}

const filesOf = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

test("one changed bit anywhere, and a cut at any place, is found in every file", async () => {
  const folder = await changed("bits", async () => undefined);
  const found = () => findBackup(folder, undefined).then((backup) => verifyFiles(backup));
  await found();
  const files = (await filesOf(folder)).sort();
  const tables = files.filter((path) => path.includes("/tables/"));
  // all tables go the same way: the first, one between, the last, and one with rows
  const chosen = [0, Math.floor(tables.length / 2), tables.length - 1].map((at) => tables[at]);
  for (const path of files) {
    if (tables.includes(path) && !chosen.includes(path) && !path.endsWith("projects.zst")) continue;
    const bytes = await readFile(path);
    const places = new Set([0, Math.floor(bytes.length / 2), bytes.length - 1]);
    for (const place of path.endsWith("manifest.json") ? placesIn(bytes.toString("latin1")) : places) {
      const broken = Buffer.from(bytes);
      broken[place] = (broken[place] ?? 0) ^ (1 << (place % 8));
      await writeFile(path, broken);
      await expect(found(), `${path} at ${place}`).rejects.toMatchObject({
        code: expect.stringMatching(/^backup\.(unreadable|newer)$/),
        fix: expect.stringContaining("Nothing was changed"),
      });
    }
    for (const length of new Set([0, 1, Math.floor(bytes.length / 2), bytes.length - 1])) {
      if (length >= bytes.length) continue;
      await writeFile(path, bytes.subarray(0, length));
      await expect(found(), `${path} cut to ${length}`).rejects.toMatchObject({ code: "backup.unreadable" });
    }
    await rm(path);
    await expect(found(), `${path} is gone`).rejects.toMatchObject({ code: "backup.unreadable" });
    await writeFile(path, bytes);
  }
  await found();
});

/** Of some ten thousand: the name and the value of each kind of field, and two dozen anywhere. */
function placesIn(manifest: string): Set<number> {
  const fields = new Map(
    [...manifest.matchAll(/"(\w+)":/g)].reverse().map(({ 0: { length }, 1: name, index }) => [name, { index, length }]),
  );
  const ofFields = [...fields.values()].flatMap(({ index, length }) => [index + 1, index + length]);
  const anywhere = Array.from({ length: 24 }, (_, at) => Math.floor((at * manifest.length) / 24));
  return new Set([...ofFields, ...anywhere, manifest.length - 2]);
}

describe("nothing is touched by", () => {
  test.each<[string, (folder: string) => Promise<unknown>, object]>([
    [
      "a table that was cut",
      (folder) => truncate(join(folder, id, "tables", "projects.zst"), 20),
      { code: "backup.unreadable", message: expect.stringContaining("projects.zst") },
    ],
    [
      "a backup without its artifacts",
      (folder) => rm(join(folder, "blobs"), { recursive: true }),
      { code: "backup.unreadable", message: expect.stringContaining("missing") },
    ],
    [
      "a folder that holds none",
      (folder) => rm(join(folder, id), { recursive: true }),
      { code: "backup.unreadable", message: expect.stringContaining("no backup") },
    ],
    [
      "a manifest of something else",
      (folder) => writeFile(join(folder, id, "manifest.json"), '{"manifest":{"format":"zip"},"signature":""}\n'),
      { code: "backup.unreadable", message: expect.stringContaining("no backup of Pave") },
    ],
    [
      "a manifest that is no JSON",
      (folder) => writeFile(join(folder, id, "manifest.json"), "PK\u0003"),
      { code: "backup.unreadable" },
    ],
    [
      "a format of the future",
      (folder) => rewrite(folder, (manifest) => ({ ...manifest, version: formatVersion + 1 })),
      { code: "backup.newer", message: expect.stringContaining(`version ${formatVersion + 1}`) },
    ],
    [
      "a newer Pave's migrations",
      (folder) =>
        rewrite(folder, (manifest) => ({
          ...manifest,
          database: {
            ...manifest.database,
            migrations: [
              ...manifest.database.migrations,
              { number: 9999, name: "9999-of-tomorrow", sha256: "a".repeat(64) },
            ],
          },
        })),
      {
        code: "backup.newer",
        message: expect.stringContaining("9999-of-tomorrow"),
        fix: expect.stringContaining("a newer one"),
      },
    ],
    [
      "a path that leaves the backup",
      (folder) =>
        rewrite(folder, (manifest) => ({ ...manifest, files: { ...manifest.files, file: "../../etc/passwd" } })),
      { code: "backup.unreadable" },
    ],
  ])("%s", async (name, change, error) => {
    const folder = await changed(name.replaceAll(" ", "-"), change);
    await expect(restore(folder)).rejects.toMatchObject({
      fix: expect.stringContaining("Nothing was changed"),
      ...error,
    });
    await expectUntouched();
  });

  test("a manifest that somebody else signed, where the right key is known", async () => {
    const trusted = signingKey(
      "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n",
    );
    expect(trusted).toBeDefined();
    await expect(findBackup(good, undefined, trusted)).rejects.toMatchObject({
      code: "backup.unreadable",
      message: expect.stringContaining("not signed by the trusted key"),
    });
    await findBackup(good, undefined, signingKey((await ledgerKey(platform.ctx)).publicKeyPem));
  });
});

/** Signed again, as whoever has the key could. */
async function rewrite(folder: string, change: (manifest: Manifest) => unknown): Promise<void> {
  const path = join(folder, id, "manifest.json");
  const { manifest } = JSON.parse(await readFile(path, "utf8"));
  const { privateKeyPem } = await ledgerKey(platform.ctx);
  await writeFile(path, writeManifest(change(manifest) as never, privateKeyPem));
}

test("a database that holds a platform is refused, and replaced only when that was said", async () => {
  const full = await createTestDatabase();
  await expect(restore(good, full.url)).rejects.toMatchObject({
    code: "restore.not_empty",
    message: expect.stringContaining("0 projects"),
    fix: expect.stringContaining("--replace"),
  });
  await restore(good, full.url, { replace: true });
  const { rows } = await full.database.pool.query("select name from projects");
  expect(rows).toEqual([{ name: "flights" }]);
  await full.drop();
  await rm(platform.folder("into"), { recursive: true });
});

test("a database whose platform runs is refused", async () => {
  const server = new pg.Client({ connectionString: empty.url, application_name: "pave" });
  await server.connect();
  await expect(restore(good)).rejects.toMatchObject({
    code: "restore.platform_runs",
    fix: expect.stringContaining("Stop its servers"),
  });
  await server.end();
  await rm(platform.folder("into"), { recursive: true, force: true });
  await expectUntouched();
});

test("a blob that the platform has lost is told, and its row asks for the bytes again", async () => {
  const target = platform.folder("lossy");
  const { digest } = await platform.artifacts.storeBytes(platform.ctx, "to be lost");
  const row = await platform.ctx.db
    .selectFrom("blobs")
    .select("key")
    .where("digest", "=", digest)
    .executeTakeFirstOrThrow();
  await platform.store.delete(row.key);
  const manifest = await make(target);
  expect(manifest.warnings).toEqual([expect.stringContaining("1 file of the artifact store was lost")]);
  const into = await createTestDatabase({ migrated: false });
  await restore(target, into.url);
  const { rows } = await into.database.pool.query("select verified_at from blobs where digest = $1", [digest]);
  expect(rows).toEqual([{ verified_at: null }]);
  await into.drop();
  await platform.ctx.db.deleteFrom("blobs").where("digest", "=", digest).execute();
  await rm(platform.folder("into"), { recursive: true });
});

test("a target that cannot be written is told, and leaves nothing", async () => {
  const file = platform.folder("a-file");
  await writeFile(file, "");
  await expect(make(file)).rejects.toMatchObject({ code: "backup.folder_unusable" });
  await expect(make("/dev/full/backups")).rejects.toMatchObject({ code: "backup.folder_unusable" });
});

test("a full disk is told, leaves nothing of the new backup and harms no earlier one", async (context) => {
  const target = platform.folder("small");
  await mkdir(target);
  const run = promisify(execFile);
  await run("mount", ["-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", target]).catch(() =>
    context.skip("mounting a small tmpfs is not permitted here"),
  );
  try {
    const first = await make(target);
    const { digest } = await platform.artifacts.storeBytes(platform.ctx, randomBytes(4_000_000));
    const full = { code: "backup.disk_full", fix: expect.stringContaining("pave backups remove") };
    await expect(make(target)).rejects.toMatchObject(full);
    expect((await readdir(target)).sort()).toEqual([first.id, "blobs"].sort());
    await verifyFiles(await findBackup(target, undefined));
    await platform.ctx.db.deleteFrom("blobs").where("digest", "=", digest).execute();
    await expect(make(target, { reserveBytes: 1e9 })).rejects.toMatchObject({
      ...full,
      message: expect.stringContaining("are to stay free"),
    });

    // and so for what is restored
    await writeFile(join(target, "ballast"), Buffer.alloc(2_000_000)).catch(() => undefined);
    const into = await createTestDatabase({ migrated: false });
    await expect(restore(good, into.url, { dataFolder: target })).rejects.toMatchObject({ code: "backup.disk_full" });
    await into.drop();
  } finally {
    await run("umount", [target]);
  }
  await expectUntouched();
});
