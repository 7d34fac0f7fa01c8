import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hashFiles, listProjectFiles, openProjectFile } from "./project-files.ts";

let base: string;
let folder: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "pave folder "));
  folder = join(base, "my project");
  await put("pave.yaml", "apiVersion: pave/v1\nkind: project\nname: late\n");
  await put("data/ä b.csv", "a\n1\n");
  await put("steps/train/train.py", "print()\n");
  await put(".gitignore", "*.tmp\n.venv\n");
  await put("scratch.tmp", "");
  await put(".venv/bin/python", "");
});
afterEach(() => rm(base, { recursive: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}
const git = (...args: string[]) =>
  execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@b.c", ...args], { encoding: "utf8" });
const wanted = [".gitignore", "data/ä b.csv", "pave.yaml", "steps/train/train.py"];

test("files of the snapshot are those that git would track, with git and without, whatever their names", async () => {
  expect(await listProjectFiles(folder)).toEqual(wanted);
  git("init", "--quiet");
  expect(await listProjectFiles(folder)).toEqual(wanted);
  git("add", "--all");
  git("commit", "--quiet", "-m", "first");
  await rm(join(folder, "steps/train/train.py"));
  await put("new.py", "");
  expect(await listProjectFiles(folder)).toEqual([".gitignore", "data/ä b.csv", "new.py", "pave.yaml"]);
});

test("a .gitignore further down counts below its folder, with git and without", async () => {
  await put("data/.gitignore", "*.csv\n!/keep.csv\n/raw\n");
  await put("data/keep.csv", "");
  await put("data/more/ä b.csv", "");
  await put("data/more/raw", "");
  await put("data/raw/x", "");
  await put("kept.csv", "");
  const kept = [".gitignore", "data/.gitignore", "data/keep.csv", "data/more/raw", "kept.csv"];
  expect(await listProjectFiles(folder)).toEqual([...kept, "pave.yaml", "steps/train/train.py"]);
  git("init", "--quiet");
  expect(await listProjectFiles(folder)).toEqual([...kept, "pave.yaml", "steps/train/train.py"]);
});

describe.each([["with git"], ["without git"]])("%s", (way) => {
  beforeEach(async () => {
    if (way === "with git") git("init", "--quiet");
    await writeFile(join(base, "secret"), "x");
    await mkdir(join(base, "elsewhere"));
  });

  test.each<[string, string, string | RegExp]>([
    ["a file outside", "../secret", /^data\/link is a link to .*\/secret, outside of the project$/],
    ["a file outside, by its full path", "/etc/passwd", "data/link is a link to /etc/passwd, outside of the project"],
    ["a folder outside", "../../elsewhere", /is a link to .*, outside of the project$/],
    ["another link that leads out", "../hop", /is a link to .*\/secret, outside of the project$/],
    ["a folder of the project", "../steps", /is a link to .*\/steps, which is no file$/],
    ["nothing", "../gone", "data/link is a link to ../gone, which is not there"],
    ["nothing outside", "/no/such/file", "data/link is a link to /no/such/file, which is not there"],
    ["a file of git", "../.git/config", /is a link to .*\/\.git\/config, which is git's own$/],
  ])("a link to %s is refused", async (_, target, message) => {
    await put(".git/config", way === "with git" ? "[core]\n" : "");
    if (target === "../hop") await symlink(join(base, "secret"), join(folder, "hop"));
    await put(".gitignore", "hop\n");
    await symlink(target === "../secret" ? "../../secret" : target, join(folder, "data/link"));
    await expect(listProjectFiles(folder)).rejects.toThrow(message);
    await expect(openProjectFile(folder, "data/link")).rejects.toThrow(message);
  });

  test("a link to a file of the project gives its content", async () => {
    await symlink("../steps/train/train.py", join(folder, "data/link"));
    expect(await listProjectFiles(folder)).toContain("data/link");
    const [train, link] = await hashFiles(folder, ["steps/train/train.py", "data/link"]);
    expect(link).toEqual({ ...train, path: "data/link" });
  });

  test("all links that lead out are told at once, ignored ones and those of tools are left alone", async () => {
    await put(".gitignore", "*.tmp\n");
    await rm(join(folder, ".venv"), { recursive: true });
    for (const path of ["a", "b", "c.tmp", ".venv", ".#pave.yaml"]) await symlink("/etc/passwd", join(folder, path));
    await expect(listProjectFiles(folder)).rejects.toMatchObject({
      message: "2 links cannot be followed",
      problems: [
        { path: "a", message: "a link to /etc/passwd, outside of the project" },
        { path: "b", message: "a link to /etc/passwd, outside of the project" },
      ],
    });
  });
});

test("a folder that git knows and that has become a link to outside is not followed", async () => {
  git("init", "--quiet");
  git("add", "--all");
  await mkdir(join(base, "elsewhere", "train"), { recursive: true });
  await writeFile(join(base, "elsewhere", "train", "train.py"), "secret");
  await rm(join(folder, "steps"), { recursive: true });
  await symlink(join(base, "elsewhere"), join(folder, "steps"));
  await expect(listProjectFiles(folder)).rejects.toMatchObject({ message: "2 links cannot be followed" });
});

test("digests, sizes and modes", async () => {
  await writeFile(join(folder, "run.sh"), "a\n", { mode: 0o755 });
  expect(await hashFiles(folder, ["run.sh", "data/ä b.csv"])).toEqual([
    {
      path: "run.sh",
      digest: "sha256:87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7",
      size: 2,
      executable: true,
    },
    { path: "data/ä b.csv", digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), size: 4, executable: false },
  ]);
});
