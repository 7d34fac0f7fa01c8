import { createHash } from "node:crypto";
import { type Client, createClient, type ImportRun } from "@pave/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiHouse, createApiHouse } from "../../rights/api-house.ts";

let house: ApiHouse;
let client: Client;
let moved: Started;
let other: Started;
let count = 0;

interface Started {
  readonly params: { readonly project: string; readonly import: string };
  readonly experimentId: number;
}

beforeAll(async () => {
  house = await createApiHouse();
  client = createClient({ baseUrl: await house.listen(), token: house.admin });
  moved = await startedIn("moved");
  other = await startedIn("other");
});
afterAll(() => house.close());

const digestOf = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

async function startedIn(project: string): Promise<Started> {
  await house.project(project);
  const source = { source: "http://mlflow.example", version: "3.1.0" };
  const { id } = await client.startImport({ params: { project }, body: source });
  const params = { project, import: id };
  const times = { isDeleted: false, createdAt: 1, updatedAt: 2, digest: digestOf("") };
  const body = { id: "1", name: "e", tags: {}, ...times };
  return { params, experimentId: (await client.importExperiment({ params, body })).experimentId };
}

/** Begins a run; gives the root of its files. */
async function begin({ params, experimentId }: Started): Promise<string> {
  count += 1;
  const run: ImportRun = {
    ...{ runId: count.toString(16).padStart(32, "a"), experimentId, name: "n", userName: "u", status: "FINISHED" },
    ...{ startTime: 1, endTime: 2, isDeleted: false, params: {}, tags: {}, datasets: [] },
  };
  await client.importRuns({ params, body: { runs: [run] } });
  return `run/${run.runId}`;
}

const put = (to: Started, root: string, text: string) =>
  client.raw("importFile", { params: to.params, query: { root, path: "a.txt" } }, { bytes: text });
const name = (to: Started, root: string, digest: string, size: number, path = "m/a.txt") =>
  client.nameImportedFile({ params: to.params, body: { root, path, size, digest } });
const files = async (to: Started, root: string) =>
  (await client.listImportedFiles({ params: to.params, query: { root } })).items;

test("a file is there by its digest where the project was brought the bytes", async () => {
  const [first, second] = [await begin(moved), await begin(moved)];
  await put(moved, first, "shared bytes");
  const digest = digestOf("shared bytes");
  expect(await name(moved, second, digestOf("other bytes"), 11)).toEqual({ isHere: false });
  expect(await name(moved, second, digest, 11)).toEqual({ isHere: false });
  expect(await files(moved, second)).toEqual([]);
  expect(await name(moved, second, digest, 12)).toEqual({ isHere: true });
  expect(await files(moved, second)).toEqual([{ path: "m/a.txt", size: 12 }]);
  const content = `/api/v1/projects/moved/files/${second.slice("run/".length)}/content?path=m/a.txt`;
  expect((await house.send("GET", content, house.admin)).text).toBe("shared bytes");
});

test("a digest tells nothing of bytes that another project has", async () => {
  await put(moved, await begin(moved), "not theirs");
  const root = await begin(other);
  expect(await name(other, root, digestOf("not theirs"), 10)).toEqual({ isHere: false });
  expect(await files(other, root)).toEqual([]);
});

test("bytes that were found to be wrong are sent again", async () => {
  await put(moved, await begin(moved), "lost bytes");
  const digest = digestOf("lost bytes");
  await house.ctx.db.updateTable("blobs").set({ verified_at: null }).where("digest", "=", digest).execute();
  expect(await name(moved, await begin(moved), digest, 10)).toEqual({ isHere: false });
});

test.each(["../a", "/etc/passwd", "a/%2e%2e/b", "a#b", "a\0b", ""])("no file is named %j", async (path) => {
  const root = await begin(moved);
  await put(moved, root, "abc");
  await expect(name(moved, root, digestOf("abc"), 3, path)).rejects.toMatchObject({ status: 400 });
  expect(await files(moved, root)).toEqual([{ path: "a.txt", size: 3 }]);
});

test("no file is named of what no import of the project has begun", async () => {
  await put(moved, await begin(moved), "abc");
  for (const root of [`run/${"f".repeat(32)}`, await begin(other)])
    await expect(name(moved, root, digestOf("abc"), 3)).rejects.toMatchObject({ status: 400 });
});
