import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createContext } from "../packages/server/src/db/context.ts";
import { createTestDatabase } from "../packages/server/src/db/test-database.ts";
import type { S3Settings } from "../packages/server/src/drivers/s3/index.ts";
import { countObjects } from "../packages/server/src/drivers/s3/testing/count-objects.ts";
import { beginUnfinished, unfinishedUploads } from "../packages/server/src/drivers/s3/testing/unfinished-uploads.ts";
import { silentLogger } from "../packages/server/src/kernel/logger.ts";
import { systemClock } from "../packages/server/src/kernel/time.ts";
import { createArtifacts, createFolderStore } from "../packages/server/src/modules/artifacts/index.ts";
import { artifactStoreSuite } from "../packages/server/src/modules/artifacts/stores/artifact-store.suite.ts";
import { createS3Store, probeS3Store } from "../packages/server/src/modules/artifacts/stores/s3-store.ts";
import { newStoreKey } from "../packages/server/src/modules/artifacts/stores/store-key.ts";
import { createBackup, findBackup, restoreBackup } from "../packages/server/src/modules/backups/index.ts";
import { ledgerKey } from "../packages/server/src/modules/ledger/index.ts";
import { createMlflowHouse, type MlflowHouse } from "../packages/server/src/protocols/mlflow/testing/mlflow-house.ts";
import { type S3Server, startS3Server } from "./support/data-servers.ts";
import { downloadDigest, expectedDigest, memoryGrowth, upload } from "./support/large-file.ts";
import { pythonClient } from "./support/python-client.ts";

const keys = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: `${accessKeyId}-secret` });
const identity = (name: string, actions: readonly string[]) => ({
  name,
  credentials: [{ accessKey: name, secretKey: `${name}-secret` }],
  actions,
});

let server: S3Server;
const settings = (change: Partial<S3Settings> = {}): S3Settings => ({
  bucket: "artifacts",
  prefix: `${randomUUID()}/`,
  endpoint: `http://127.0.0.1:${server.port}`,
  publicEndpoint: "",
  region: "us-east-1",
  pathStyle: true,
  credentials: keys("pave"),
  ...change,
});

beforeAll(async () => {
  server = await startS3Server([
    identity("pave", ["Admin", "Read", "Write", "List", "Tagging"]),
    identity("reader", ["Read", "List"]),
  ]);
  await server.put("artifacts/probe", "x");
});
afterAll(async () => {
  await server?.stop();
});

describe("a store in a bucket", () => {
  artifactStoreSuite(async () => {
    const own = settings();
    return { store: createS3Store(own), countObjects: () => countObjects(own) };
  });

  test("gives up unfinished uploads of its own, and nobody else's in the bucket", async () => {
    const own = settings();
    const others = ["video.mp4", `team/${newStoreKey()}`];
    for (const key of [newStoreKey(), newStoreKey(), ...others]) await beginUnfinished(own, key);
    expect(await createS3Store(own).dropUnfinished?.(new Date(Date.now() + 60_000))).toBe(2);
    expect(await unfinishedUploads(own)).toEqual(others.toSorted());
  });

  test("takes a file of many parts, and leaves nothing of one that is cut in the middle", async () => {
    const own = settings();
    const store = createS3Store(own);
    const block = Buffer.alloc(1_000_000, 7);
    const blocks = async function* (count: number, end?: Error) {
      for (let i = 0; i < count; i += 1) yield block;
      if (end) throw end;
    };
    const key = await store.put(blocks(23));
    const bytes = (await (await store.get(key))?.toArray()) ?? [];
    expect(Buffer.concat(bytes).equals(Buffer.alloc(23_000_000, 7))).toBe(true);
    expect(await countObjects(own)).toBe(1);
    await expect(store.put(blocks(23, new Error("cut")))).rejects.toThrow("cut");
    expect(await countObjects(own)).toBe(1);
  });
});

describe("a server does not start", () => {
  test.each([
    ["a bucket that is not there", { bucket: "nothing-here" }, /no such bucket/],
    ["a bucket that it may only read", { credentials: keys("reader") }, /access is denied/],
    ["a key that the store does not know", { credentials: keys("nobody") }, /access key is not known/],
    [
      "a secret that does not fit the key",
      { credentials: { accessKeyId: "pave", secretAccessKey: "wrong" } },
      /does not fit/,
    ],
  ])("with %s", async (_what, change, message) => {
    await expect(probeS3Store(settings(change))).rejects.toMatchObject({
      code: "config.invalid",
      message: expect.stringMatching(message),
    });
  });

  test("but does with one that works, or that cannot be reached just now", async () => {
    const own = settings();
    expect(await probeS3Store(own)).toBeUndefined();
    expect(await countObjects(own)).toBe(0);
    expect(await probeS3Store(settings({ endpoint: "http://127.0.0.1:1" }))).toMatch(/cannot be reached yet/);
  });
});

describe("what the store says no to", () => {
  test("is refused for good where it may only be read, and leaves nothing", async () => {
    const own = settings({ credentials: keys("reader") });
    await expect(createS3Store(own).put([Buffer.from("x")] as never)).rejects.toMatchObject({
      code: "artifact.store_refuses",
      status: 507,
    });
    expect(await countObjects(own)).toBe(0);
  });

  test("may be tried again where it was not reached, and that is known soon", async () => {
    const store = createS3Store(settings({ endpoint: "http://127.0.0.1:1" }));
    await expect(store.get("ab/".padEnd(33, "c"))).rejects.toMatchObject({
      code: "artifact.store_unreachable",
      status: 503,
    });
    await expect(store.check()).rejects.toMatchObject({ code: "artifact.store_unreachable" });
  });
});

describe("MLflow's protocol on a bucket", () => {
  let house: MlflowHouse;
  let own: S3Settings;
  let run: { experiment: string; id: string };
  let place: string;
  beforeAll(async () => {
    own = settings();
    house = await createMlflowHouse({ store: createS3Store(own) });
    const experiment = await house.newExperiment();
    run = { experiment, id: await house.newRun(experiment) };
    place = `/mlflow-artifacts`;
  });
  afterAll(() => house?.close());
  const root = () => `${run.experiment}/${run.id}/artifacts`;
  const post = (path: string, body: object) => house.call("POST", `${place}${path}`, { as: "developer", body });
  const partOf = async (url: string, bytes: Buffer) => {
    const answer = await fetch(url, { method: "PUT", body: new Uint8Array(bytes) });
    expect(answer.status).toBe(200);
    return answer.headers.get("etag") ?? "";
  };

  test("the same bytes lie there once, also when two send them at once, by the api and by parts", async () => {
    const bytes = Buffer.alloc(6 * 2 ** 20, "p");
    const before = await countObjects(own);
    const begun = await post(`/mpu/create/${root()}/parts`, { path: "/home/ada/model.bin", num_parts: 2 });
    expect(begun.status).toBe(200);
    const [first, second] = begun.body.credentials;
    const etags = [
      await partOf(first.url, bytes.subarray(0, 5 * 2 ** 20)),
      await partOf(second.url, bytes.subarray(5 * 2 ** 20)),
    ];
    const listed = () => house.call("GET", `${place}/artifacts?path=${root()}/parts`, { as: "viewer" });
    expect((await listed()).body).toEqual({});
    const end = {
      path: "/home/ada/model.bin",
      upload_id: begun.body.upload_id,
      parts: etags.map((etag, index) => ({ part_number: index + 1, etag, url: "x" })),
    };
    const answers = await Promise.all([
      post(`/mpu/complete/${root()}/parts`, end),
      ...["one", "two"].map((name) =>
        house.call("PUT", `${place}/artifacts/${root()}/${name}`, { as: "developer", body: bytes }),
      ),
    ]);
    expect(answers.map(({ status, body }) => [status, body])).toEqual(Array(3).fill([200, {}]));
    // an answer that was lost is asked for again
    expect((await post(`/mpu/complete/${root()}/parts`, end)).status).toBe(200);
    expect((await listed()).body.files).toEqual([{ path: "model.bin", is_dir: false, file_size: bytes.byteLength }]);
    expect(await countObjects(own)).toBe(before + 1);

    const signed = await house.call("GET", `${place}/presigned/${root()}/parts/model.bin`, { as: "viewer" });
    expect(signed.body).toMatchObject({ file_size: bytes.byteLength, headers: {} });
    const part = await fetch(signed.body.url, { headers: { range: "bytes=0-9" } });
    expect([part.status, await part.text()]).toEqual([206, "p".repeat(10)]);
    expect((await fetch(`${signed.body.url}0`)).status).toBe(403);
  });

  test("an upload in parts that is given up, or ended wrongly, leaves nothing", async () => {
    const before = await countObjects(own);
    const begin = async () => (await post(`/mpu/create/${root()}`, { path: "given-up", num_parts: 2 })).body;
    const begun = await begin();
    await partOf(begun.credentials[0].url, Buffer.alloc(5 * 2 ** 20));
    const parts = [{ part_number: 1, etag: "no such etag" }];
    const wrong = await post(`/mpu/complete/${root()}`, { path: "given-up", upload_id: begun.upload_id, parts });
    expect([wrong.status, wrong.body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
    const elsewhere = await post(`/mpu/complete/${root()}`, { path: "other", upload_id: begun.upload_id, parts });
    expect([elsewhere.status, elsewhere.body.error_code]).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
    for (let twice = 0; twice < 2; twice += 1)
      expect((await post(`/mpu/abort/${root()}`, { path: "given-up", upload_id: begun.upload_id })).status).toBe(200);
    expect(await countObjects(own)).toBe(before);
    await begin();
    expect(await countObjects(own)).toBe(before + 1);
    const clock = { now: () => new Date(Date.now() + 25 * 3_600_000) };
    await house.artifacts.prune({ ...house.ctx, clock });
    expect(await countObjects(own)).toBe(before);
  });

  test("MLflow's own client sends and fetches large files by parts, straight to the bucket", async () => {
    const python = await pythonClient("mlflow");
    const env = {
      PATH: process.env.PATH ?? "",
      MLFLOW_TRACKING_URI: house.url,
      MLFLOW_TRACKING_TOKEN: house.tokenOf("developer"),
      MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD: "true",
      MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD: "true",
      MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE: "1000000",
      MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE: String(5 * 2 ** 20),
      MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE: String(5 * 2 ** 20),
    };
    const script = join(import.meta.dirname, "clients", "mlflow", "large-files.py");
    const { stdout } = await promisify(execFile)(python, [script, "23", "weights.bin"], { env });
    expect(stdout).toContain("[('deep/folder/weights.bin', 24117248)]");
    const digest = /sha256:[0-9a-f]{64}/.exec(stdout)?.[0];
    const rows = await house.ctx.db
      .selectFrom("multipart_uploads")
      .select("digest")
      .where("path", "=", "deep/folder/weights.bin")
      .execute();
    expect(rows).toEqual([{ digest }]);
  });

  test("a large file goes in and out by the api in memory that does not grow with it", {
    timeout: 600_000,
  }, async () => {
    const mebibytes = Number(process.env.PAVE_TEST_LARGE_MIB ?? 200);
    const [url, token] = [`${house.url}/api/2.0${place}/artifacts/${root()}/large.bin`, house.tokenOf("developer")];
    await upload(`${house.url}/api/2.0${place}/artifacts/${root()}/first.bin`, token, 8);
    const growth = await memoryGrowth(async () => {
      expect(await upload(url, token, mebibytes)).toBe(200);
      expect(await downloadDigest(url, token)).toBe(expectedDigest(mebibytes));
    });
    process.stdout.write(`${mebibytes} MiB by a bucket: ${growth.toFixed(0)} MiB more at most\n`);
    expect(growth).toBeLessThan(120);
  });

  test("a bucket that may only be read any more is said plainly, what is there is read, and nothing is half there", async () => {
    await house.call("PUT", `${place}/artifacts/${root()}/kept`, { as: "developer", body: "kept" });
    const store = createS3Store({ ...own, credentials: keys("reader") });
    const reading = await createMlflowHouse({ store });
    const experiment = await reading.newExperiment();
    const at = `${place}/artifacts/${experiment}/${await reading.newRun(experiment)}/artifacts`;
    const before = await countObjects(own);
    for (const bytes of [10, 12_000_000]) {
      const answer = await reading.call("PUT", `${at}/x`, { as: "developer", body: Buffer.alloc(bytes) });
      expect([answer.status, answer.body.error_code]).toEqual([507, "INTERNAL_ERROR"]);
      expect(answer.body.message).toMatch(/refuses: access is denied/);
    }
    expect((await reading.call("GET", `${at}/x`, { as: "developer" })).status).toBe(404);
    expect(await countObjects(own)).toBe(before);
    await reading.close();
  });

  test("a backup takes what lies in the bucket, and is restored into a folder; older bytes stay readable there", async () => {
    const base = await mkdtemp(join(tmpdir(), "pave-s3-backup-"));
    const folder = await createFolderStore({ folder: join(base, "old") });
    const older = createArtifacts({ store: folder, signingKey: "k".repeat(43), clock: systemClock });
    const inFolder = await older.storeBytes(house.ctx, "it was in the folder before");
    const inBucket = await house.artifacts.storeBytes(house.ctx, "it came to the bucket");
    const both = createArtifacts({
      store: createS3Store(own),
      older: [folder],
      signingKey: "k".repeat(43),
      clock: systemClock,
    });
    expect(String(await both.readBlob(house.ctx, inFolder.digest, 1000))).toBe("it was in the folder before");
    await expect(house.artifacts.readBlob(house.ctx, inFolder.digest, 1000)).rejects.toMatchObject({
      code: "artifact.store_unknown",
    });
    await ledgerKey(house.ctx);
    const target = join(base, "backups");
    const made = await createBackup({
      ...{ address: house.ctx.database.address, store: createS3Store(own), olderStores: [folder] },
      ...{ resourcesFolder: join(base, "resources"), target },
    });
    expect(made.warnings).toEqual([]);
    const db = await createTestDatabase({ migrated: false });
    try {
      const dataFolder = join(base, "home");
      await mkdir(dataFolder);
      const store = await createFolderStore({ folder: join(dataFolder, "artifacts") });
      await restoreBackup({
        ...{
          backup: await findBackup(target, undefined),
          keys: {},
          dataFolder,
          markFile: join(dataFolder, "restore.json"),
        },
        masterKeysFile: join(dataFolder, "master-keys"),
        openDatabase: async () => ({ address: db.url, close: async () => undefined }),
        openStore: async () => store,
      });
      const restored = createArtifacts({ store, signingKey: "k".repeat(43), clock: systemClock });
      const ctx = createContext(db.database, { log: silentLogger });
      for (const { digest } of [inFolder, inBucket])
        expect((await restored.readBlob(ctx, digest, 1000)).byteLength).toBeGreaterThan(10);
    } finally {
      await db.drop();
      await rm(base, { recursive: true, force: true });
    }
  });
});
