import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileEntry } from "@pave/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ctx, createContext } from "../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { digestOf } from "../../kernel/ids.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { must } from "../../kernel/pave-error.ts";
import { readBuiltinComponents } from "./builtin-components.ts";
import { type Components, createComponents } from "./index.ts";

const library = join(import.meta.dirname, "../../../../../components");
const contents = new Map<string, string>();
const file = (path: string, content: string): FileEntry => {
  contents.set(digestOf(content), content);
  return { path, digest: digestOf(content), size: content.length, executable: false };
};
const spec = (over = "") =>
  `apiVersion: pave/v1\nkind: component\nname: train\nversion: 1.0.0\nrun: { command: [python, train.py] }\n${over}`;

let db: TestDatabase;
let ctx: Ctx;
let components: Components;
beforeAll(async () => {
  db = await createTestDatabase();
  ctx = createContext(db.database, { log: silentLogger });
  components = createComponents({
    artifacts: { readBlob: async (_, digest) => Buffer.from(must(contents.get(digest), "content")) },
  });
  await components.loadBuiltinComponents(ctx, library);
});
afterAll(() => db.drop());

const resolve = (uses: string, files: FileEntry[] = []) => components.resolveComponent(ctx, uses, { files });

test("every component of the library is found by its name, in each way of naming its version, and remembered", async () => {
  for (const uses of ["pave/ingest-table@1", "pave/ingest-table@1.1", "pave/ingest-table@1.1.0"]) {
    expect(await resolve(uses)).toMatchObject({
      uses,
      builtin: "ingest-table",
      folder: null,
      spec: { name: "pave/ingest-table" },
    });
  }
  const rows = await ctx.db.selectFrom("components").select(["name", "digest"]).execute();
  expect(rows).toEqual(
    expect.arrayContaining(
      components.builtinComponents().map((component) => ({ name: component.spec.name, digest: component.digest })),
    ),
  );
  await components.loadBuiltinComponents(ctx, library);
});

test("a built-in component's digest follows its code and the shared code, not its tests and summary", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pave-library-"));
  try {
    for (const part of ["lib", "split-table"]) await cp(join(library, part), join(folder, part), { recursive: true });
    const digest = async () => must((await readBuiltinComponents(folder))[0], "the component").digest;
    const before = await digest();
    await writeFile(join(folder, "split-table", "another.test.ts"), "//\n");
    await writeFile(join(folder, "split-table", "fixtures", "more.csv"), "a\n");
    expect(await digest()).toBe(before);
    await writeFile(join(folder, "lib", "more.ts"), "export {};\n");
    const shared = await digest();
    expect(shared).not.toBe(before);
    await writeFile(join(folder, "split-table", "more.ts"), "export {};\n");
    expect(await digest()).not.toBe(shared);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("a project's step has the files of its folder, with paths from there", async () => {
  const files = [
    file("steps/train/component.yaml", spec()),
    file("steps/train/train.py", "1"),
    file("steps/train/a/b.py", "2"),
    file("steps/trainer.py", "3"),
    file("pave.yaml", ""),
  ];
  const step = await resolve("./steps/train", files);
  expect(step).toMatchObject({ builtin: null, folder: "steps/train", spec: { name: "train" } });
  expect(step.files.map((entry) => entry.path)).toEqual(["component.yaml", "train.py", "a/b.py"]);
  expect((await resolve("./steps/train/", files)).digest).toBe(step.digest);
});

test("a step may run in another folder of the project, the whole one included", async () => {
  const files = [
    file("steps/train/component.yaml", spec("").replace("command:", "code: ../.., command:")),
    file("src/lib.py", "1"),
  ];
  expect((await resolve("./steps/train", files)).files.map((entry) => entry.path)).toEqual([
    "steps/train/component.yaml",
    "src/lib.py",
  ]);
  const outside = [file("steps/train/component.yaml", spec().replace("command:", "code: ../../.., command:"))];
  await expect(resolve("./steps/train", outside)).rejects.toMatchObject({
    code: "component.invalid",
    message: 'steps/train/component.yaml: `run.code`: expected a folder within the project, found "../../.."',
  });
});

test("a step's digest follows code, command, ports and params, not summary, requests or limits", async () => {
  const digest = async (text: string, code = "1") =>
    (await resolve("./s", [file("s/component.yaml", text), file("s/train.py", code)])).digest;
  const before = await digest(spec());
  expect(await digest(spec("summary: another\nrequests: { cpu: 4 }\nlimits: { timeout: 2h }\ncache: off\n"))).toBe(
    before,
  );
  const others = [
    await digest(spec(), "2"),
    await digest(spec("params: { a: { type: string } }\n")),
    await digest(spec().replace("train.py", "other.py")),
  ];
  expect(new Set([before, ...others]).size).toBe(4);
});

test.each([
  ["pave/ingest@1", "component.not_found", "There is no component `pave/ingest`"],
  [
    "ingest-table@1",
    "component.not_found",
    "`ingest-table@1` is no component: expected a folder such as ./steps/train, or a name and version such as pave/ingest-table@1; did you mean `pave/ingest-table@1`?",
  ],
  ["./../secrets", "component.not_found", "`./../secrets` is no component"],
  ["./steps/none", "component.not_found", "There is no file steps/none/component.yaml in the project"],
])("%s is refused", async (uses, code, message) => {
  await expect(resolve(uses, [])).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

test("a wrong component.yaml gives every problem with its place", async () => {
  const text = spec("inputs: { a: { type: table } }\nparams: { a: { type: string, default: 1 } }\n");
  await expect(resolve("./s", [file("s/component.yaml", text)])).rejects.toMatchObject({
    code: "component.invalid",
    message:
      's/component.yaml:6:22: `inputs.a.type`: expected one of dataset, model, metrics, report, artifact, found the text "table"',
    problems: [{ path: "s/component.yaml", line: 6, column: 22 }],
  });
  const clash = spec("inputs: { a: { type: dataset } }\nparams: { a: { type: string, default: 1 } }\n");
  await expect(resolve("./s", [file("s/component.yaml", clash)])).rejects.toMatchObject({
    problems: [
      { message: "the default of param `a`: expected a text, found the number 1" },
      { message: "`a` is an input and a param" },
    ],
  });
});
