import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fixtureFolder } from "../testing/fake-api.ts";
import { checkModel } from "./check-model.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "pave-check-"));
});
afterAll(() => rm(root, { recursive: true }));

/** A copy of a fixture with something changed. */
async function changed(fixture: string, name: string, change: (folder: string) => Promise<unknown>): Promise<string> {
  const folder = join(root, name);
  await cp(fixtureFolder(fixture), folder, { recursive: true });
  await change(folder);
  return folder;
}

const edit = (file: string, from: string, to: string) => async (folder: string) => {
  const text = await readFile(join(folder, file), "utf8");
  expect(text).toContain(from);
  await writeFile(join(folder, file), text.replaceAll(from, to));
};

test("a good model is scored and described", async () => {
  const check = await checkModel(fixtureFolder("late-1"));
  expect(check).toMatchObject({
    ok: true,
    rows: 20,
    signature: [
      { name: "origin" },
      { name: "hour" },
      { name: "distance" },
      { name: "wind", type: "double", required: false, shape: [] },
    ],
    inputExample: { origin: "ORD", hour: 17, distance: 733, wind: 25.5 },
  });
  expect(check.problem).toBeUndefined();
  expect(check.maxDifference).toBeLessThan(1e-6);
  expect(check.loadMs).toBeGreaterThan(0);
  expect(check.p50Ms).toBeGreaterThan(0);
  expect(check.rssBytes).toBeGreaterThan(20e6);
  expect(check.heldBytes).toBeGreaterThan(0);
  expect(check.heldBytes).toBeLessThan(check.rssBytes ?? 0);
});

test("a model with one stacked input and without classes is fine too", async () => {
  expect(await checkModel(fixtureFolder("price"))).toMatchObject({ ok: true, rows: 5 });
});

test("null scores as the text that the model has for a missing one", async () => {
  const folder = await changed("late-1", "missing-text", async (copy) => {
    const origin = String.raw`\"name\": \"origin\", \"required\": `;
    await edit("MLmodel", `${origin}true`, `${origin}false`)(copy);
    await edit("reference.json", '"origin": "ORD"', '"origin": null')(copy);
  });
  expect(await checkModel(folder)).toMatchObject({ ok: false, problem: expect.stringContaining("found") });

  await edit("MLmodel", '"positive": true', '"positive": true, "missing": "ORD"')(folder);
  expect(await checkModel(folder)).toMatchObject({ ok: true, rows: 20 });
});

test("a model without reference rows is loaded and scored on its example", async () => {
  const folder = await changed("late-1", "no-reference", (copy) => rm(join(copy, "reference.json")));
  expect(await checkModel(folder)).toMatchObject({ ok: true, rows: 0, maxDifference: null });
});

const problems: [title: string, folder: () => Promise<string> | string, problem: RegExp][] = [
  ["no such folder", () => join(root, "nowhere"), /^there is no folder/],
  [
    "an empty folder",
    async () => {
      await mkdir(join(root, "empty"));
      return join(root, "empty");
    },
    /^the folder has no file MLmodel/,
  ],
  [
    "a corrupt ONNX file",
    () => changed("late-1", "corrupt", (folder) => writeFile(join(folder, "model.onnx"), "this is a pickle, not ONNX")),
    /^model\.onnx cannot be loaded as ONNX: /,
  ],
  [
    "a missing ONNX file",
    () => changed("late-1", "missing", (folder) => rm(join(folder, "model.onnx"))),
    /^model\.onnx cannot be loaded as ONNX: .*exist/,
  ],
  [
    "a signature with another name",
    () => changed("late-1", "renamed", edit("MLmodel", '\\"distance\\"', '\\"miles\\"')),
    /input "distance", which the signature does not name/,
  ],
  [
    "a signature with another type",
    () => changed("late-1", "retyped", edit("MLmodel", '\\"string\\"', '\\"double\\"')),
    /"origin" the type double, the ONNX input "origin" takes string/,
  ],
  [
    "reference rows that do not fit",
    () => changed("late-1", "misfit", edit("reference.json", '"hour"', '"hours"')),
    /^reference row 1 does not fit the signature: "hour"/,
  ],
  [
    "recorded outputs of another model",
    () =>
      changed("late-1", "other", (folder) =>
        cp(join(fixtureFolder("late-2"), "reference.json"), join(folder, "reference.json")),
      ),
    /^reference row 1: expected probability .* as recorded in training, found /,
  ],
  ["a ZipMap", () => fixtureFolder("bad-zipmap"), /zipmap=False/],
  [
    "weights outside of the folder",
    () => fixtureFolder("bad-external"),
    /^model\.onnx cannot be loaded as ONNX: .*escapes model directory/,
  ],
  [
    "a link to outside of the folder",
    () => changed("late-1", "link", (folder) => symlink("/etc/passwd", join(folder, "notes.txt"))),
    /^notes\.txt is a link to outside/,
  ],
];

test.each(problems)("%s gives one sentence", async (_title, folder, problem) => {
  const check = await checkModel(await folder());
  expect(check).toMatchObject({ ok: false, problem: expect.stringMatching(problem) });
  expect(check.problem).not.toContain("\n");
  expect(check.problem?.length).toBeLessThan(420);
});

test("a model that does not end is stopped", async () => {
  const folder = await changed("loops-over-100", "endless", edit("reference.json", '"x": 1', '"x": 1000'));
  const started = performance.now();
  expect(await checkModel(folder, { timeoutMs: 1500 })).toMatchObject({
    ok: false,
    problem: expect.stringMatching(/did not end within 1.5 s/),
  });
  expect(performance.now() - started).toBeLessThan(6000);
});

test("a model that needs too much memory is stopped", async () => {
  const folder = join(root, "endless");
  const check = await checkModel(folder, { timeoutMs: 20_000, maxRssBytes: 30 * 2 ** 20 });
  expect(check).toMatchObject({ ok: false, problem: "the model needs more than 30 MB of memory" });
});

test("on the command line it prints the check and exits with the verdict", async () => {
  const child = join(import.meta.dirname, "child.ts");
  const run = promisify(execFile);
  const good = await run(process.execPath, [child, fixtureFolder("price")]);
  expect(JSON.parse(good.stdout)).toMatchObject({ ok: true });
  await expect(run(process.execPath, [child, fixtureFolder("bad-zipmap")])).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining('"ok":false'),
  });
});
