import { expect, test } from "vitest";
import { type ChosenFile, readCheckout } from "./checkout.ts";

const chosen = (files: Readonly<Record<string, string>>): ChosenFile[] =>
  Object.entries(files).map(([path, text]) => ({ path, file: new File([text], path) }));
const paths = async (files: Readonly<Record<string, string>>) =>
  (await readCheckout("x", chosen(files))).files.map(({ path }) => path);

test("what a .gitignore names stays out, the nearest has the last word", async () => {
  const checkout = await readCheckout(
    "wine",
    chosen({
      ".gitignore": "*.tmp\n/big/\nsecret.env\n",
      "train.py": "",
      "a.tmp": "",
      "secret.env": "PASSWORD=1",
      "big/.gitignore": "!*",
      "big/a.csv": "",
      "data/.gitignore": "*.csv\n!/keep.csv\n!keep.tmp\n",
      "data/a.csv": "",
      "data/keep.csv": "123",
      "data/more/keep.tmp": "",
    }),
  );
  expect(checkout.files.map(({ path }) => path)).toEqual([
    ".gitignore",
    "data/.gitignore",
    "data/keep.csv",
    "data/more/keep.tmp",
    "train.py",
  ]);
  expect(checkout).toMatchObject({ folder: "wine", ignored: 5, bytes: 23 + 27 + 3 + 0, git: null });
});

test("git's own files, environments and caches stay out without a .gitignore", async () => {
  const files = {
    "train.py": "",
    ".git/config": "",
    ".git/objects/00/00": "",
    "sub/.git/config": "",
    ".venv/bin/python": "",
    "a/__pycache__/a.pyc": "",
    "a/node_modules/b/index.js": "",
  };
  expect(await paths(files)).toEqual(["train.py"]);
  expect((await readCheckout("x", chosen(files))).ignored).toBe(0);
});

test("git's own files stay out whatever a .gitignore says", async () => {
  expect(await paths({ ".gitignore": "!.git\n!.git/**\n", ".git/a": "", "a.py": "", "b/.git/c": "" })).toEqual([
    ".gitignore",
    "a.py",
  ]);
});

test.each([
  [{}, "The folder has no files that would be sent"],
  [{ ".gitignore": "*\n", "a.py": "" }, "The folder has no files that would be sent"],
  [{ a: "", b: "", c: "", d: "" }, "The folder has 4 files that would be sent, a browser sends at most 3"],
  [{ a: "12345" }, "a has 5 B"],
  [{ a: "1234", b: "123", c: "12" }, "The folder has 9 B that would be sent, a browser sends at most 8 B"],
])("a folder %o is refused: %s", async (files, message) => {
  const limits = { files: 3, bytes: 8, fileBytes: 4 };
  await expect(readCheckout("x", chosen(files), limits)).rejects.toThrow(message);
});

test("a refusal names where the most files are, or the largest", async () => {
  const limits = { files: 2, bytes: 8, fileBytes: 9 };
  await expect(readCheckout("x", chosen({ "d/a": "", "d/b": "", c: "" }), limits)).rejects.toMatchObject({
    fix: expect.stringContaining("The most are in d/ (2 files): name what need not be kept in .gitignore"),
  });
  await expect(readCheckout("x", chosen({ a: "12345", b: "1234" }), limits)).rejects.toMatchObject({
    fix: expect.stringContaining("The largest file is a with 5 B"),
  });
});

test("in a repository, one within it stays out, and what .git/info/exclude names", async () => {
  const files = {
    ".git/HEAD": "ref: refs/heads/main",
    ".git/info/exclude": "*.mine\n",
    "a.mine": "",
    "a.py": "",
    "sub/.git/HEAD": "",
    "sub/b.py": "",
    "module/.git": "gitdir: ../.git/modules/module",
    "module/c.py": "",
  };
  expect(await paths(files)).toEqual(["a.py"]);
  const { ".git/HEAD": _, ...bare } = files;
  expect(await paths(bare)).toEqual(["a.py", "module/c.py", "sub/b.py"]);
});
