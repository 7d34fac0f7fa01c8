import { randomUUID } from "node:crypto";
import { ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { S3Settings } from "../packages/server/src/drivers/s3/index.ts";
import { artifactStoreSuite } from "../packages/server/src/modules/artifacts/stores/artifact-store.suite.ts";
import { createS3Store, probeS3Store } from "../packages/server/src/modules/artifacts/stores/s3-store.ts";
import { type S3Server, startS3Server } from "./support/data-servers.ts";

const keys = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: `${accessKeyId}-secret` });
const identity = (name: string, actions: readonly string[]) => ({
  name,
  credentials: [{ accessKey: name, secretKey: `${name}-secret` }],
  actions,
});

let server: S3Server;
let client: S3Client;
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
  client = new S3Client({
    endpoint: `http://127.0.0.1:${server.port}`,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: keys("pave"),
  });
});
afterAll(async () => {
  client?.destroy();
  await server?.stop();
});

async function countObjects(prefix: string): Promise<number> {
  const place = { Bucket: "artifacts", Prefix: prefix };
  const { Contents = [] } = await client.send(new ListObjectsV2Command(place));
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand(place));
  return Contents.length + Uploads.length;
}

describe("a store in a bucket", () => {
  artifactStoreSuite(async () => {
    const own = settings();
    return { store: createS3Store(own), countObjects: () => countObjects(own.prefix) };
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
    expect(await countObjects(own.prefix)).toBe(1);
    await expect(store.put(blocks(23, new Error("cut")))).rejects.toThrow("cut");
    expect(await countObjects(own.prefix)).toBe(1);
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
    expect(await countObjects(own.prefix)).toBe(0);
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
    expect(await countObjects(own.prefix)).toBe(0);
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
