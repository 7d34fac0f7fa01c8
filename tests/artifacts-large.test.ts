import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFolderStore } from "../packages/server/src/modules/artifacts/index.ts";
import { createMlflowHouse, type MlflowHouse } from "../packages/server/src/protocols/mlflow/testing/mlflow-house.ts";
import { downloadDigest, expectedDigest, memoryGrowth, upload } from "./support/large-file.ts";

/** `PAVE_TEST_LARGE_MIB=1024` for a whole GiB. */
const mebibytes = Number(process.env.PAVE_TEST_LARGE_MIB ?? 200);
let base: string;
let house: MlflowHouse;
let place: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "pave-large-"));
  house = await createMlflowHouse({ store: await createFolderStore({ folder: join(base, "store") }) });
  const experiment = await house.newExperiment();
  place = `/mlflow-artifacts/artifacts/${experiment}/${await house.newRun(experiment)}/artifacts`;
});
afterAll(async () => {
  await house?.close();
  await rm(base, { recursive: true, force: true });
});

const files = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;

test("a large file goes in and out in memory that does not grow with it", { timeout: 600_000 }, async () => {
  const [url, token] = [`${house.url}/api/2.0${place}/large.bin`, house.tokenOf("developer")];
  await upload(`${house.url}/api/2.0${place}/first.bin`, token, 8);
  const growth = await memoryGrowth(async () => {
    expect(await upload(url, token, mebibytes)).toBe(200);
    expect(await downloadDigest(url, token)).toBe(expectedDigest(mebibytes));
  });
  process.stdout.write(`${mebibytes} MiB by a folder: ${growth.toFixed(0)} MiB more at most\n`);
  expect(growth).toBeLessThan(120);
});

test("an upload that is cut in the middle is not listed, and leaves nothing in the store", async () => {
  const before = await files(join(base, "store"));
  const length = 10_000_000;
  await new Promise<void>((resolve) => {
    const sent = request(`${house.url}/api/2.0${place}/cut.bin`, {
      method: "PUT",
      headers: { authorization: `Bearer ${house.tokenOf("developer")}`, "content-length": length },
    });
    sent.on("error", () => resolve());
    sent.write(Buffer.alloc(length / 2), () => setTimeout(() => sent.destroy(), 100));
    sent.on("close", () => resolve());
  });
  await expect.poll(async () => house.ctx.db.selectFrom("store_writes").select("key").execute()).toEqual([]);
  expect(await files(join(base, "store"))).toBe(before);
  expect((await house.call("GET", `${place}/cut.bin`, { as: "developer" })).status).toBe(404);
});

const run = promisify(execFile);
const canMount = process.getuid?.() === 0;

test.runIf(canMount)("a disk that is full, and one that is read-only, are said plainly; then all goes on", async () => {
  const folder = join(base, "small");
  await mkdir(folder);
  await run("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder]);
  const small = await createMlflowHouse({ store: await createFolderStore({ folder }) });
  try {
    const experiment = await small.newExperiment();
    const at = `/mlflow-artifacts/artifacts/${experiment}/${await small.newRun(experiment)}/artifacts`;
    const put = (name: string, bytes: number) =>
      small.call("PUT", `${at}/${name}`, { as: "developer", body: Buffer.alloc(bytes, name) });
    const full = await put("large", 4_000_000);
    expect([full.status, full.body.error_code]).toEqual([507, "INTERNAL_ERROR"]);
    expect(full.body.message).toMatch(/no disk space left/);
    expect(await files(folder)).toBe(0);
    expect((await put("fits", 1000)).status).toBe(200);

    await run("mount", ["-o", "remount,ro", folder]);
    const refused = await put("other", 1000);
    expect([refused.status, refused.body.error_code]).toEqual([507, "INTERNAL_ERROR"]);
    expect(refused.body.message).toMatch(/cannot be written to \(EROFS\)/);
    expect((await small.call("GET", `${at}/fits`, { as: "viewer" })).text).toHaveLength(1000);
    expect((await small.call("GET", `${at}/other`, { as: "viewer" })).status).toBe(404);
    expect((await small.call("GET", "/health", { from: "" })).text).toBe("OK");

    await run("mount", ["-o", "remount,rw", folder]);
    expect((await put("other", 1000)).status).toBe(200);
    expect(await small.ctx.db.selectFrom("store_writes").select("key").execute()).toEqual([]);
  } finally {
    await small.close();
    await run("umount", [folder]);
  }
});
