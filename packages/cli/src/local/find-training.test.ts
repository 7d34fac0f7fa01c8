import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findTraining } from "./find-training.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pave-init-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function found(files: Readonly<Record<string, string>>, given?: string) {
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  }
  return findTraining(folder, given);
}

test.each([
  ["the usual name before others", { "train.py": "", "plot.py": "" }, "train.py"],
  ["one below src", { "src/train.py": "", "src/data.py": "" }, "src/train.py"],
  ["the only script, tests and set-up aside", { "fit.py": "", "setup.py": "", "test_fit.py": "" }, "fit.py"],
  ["a notebook where there is no script", { "explore.ipynb": "{}" }, "explore.ipynb"],
  ["nothing", { "README.md": "" }, undefined],
])("finds %s", async (_title, files, file) => {
  expect((await found(files)).file).toBe(file);
});

test("asks where several files may be meant, and takes the one that is named", async () => {
  await expect(found({ "a.py": "", "b.py": "" })).rejects.toThrow("Which file trains? There are a.py, b.py");
  expect((await found({}, "./b.py")).file).toBe("b.py");
  for (const wrong of ["../x.py", "/x.py", "x.sh", "none.py"])
    await expect(found({}, wrong)).rejects.toThrow(`--script ${wrong}`);
});

test.each([
  ["a lock", { "requirements.txt": "a==1 --hash=sha256:00" }, { lock: "requirements.txt", pinned: true }, /^$/],
  [
    "a lock before a list",
    { "requirements.lock": "a==1 --hash=sha256:00", "requirements.txt": "a" },
    { lock: "requirements.lock", pinned: true },
    /^$/,
  ],
  ["a list", { "requirements.txt": "pandas" }, { lock: "requirements.txt", pinned: false }, /pins no hashes/],
  ["what is declared", { "pyproject.toml": "" }, { lock: "pyproject.toml", pinned: false }, /declares/],
  [
    "what is declared, and says that uv.lock is not read",
    { "pyproject.toml": "", "uv.lock": "" },
    { lock: "pyproject.toml", pinned: false },
    /uv export/,
  ],
  ["none", {}, undefined, /Python's own library only/],
])("packages are those of %s", async (_title, files, python, note) => {
  const training = await found({ "train.py": "", ...files });
  expect(training.python).toEqual(python);
  expect(training.notes.join()).toMatch(note);
});
