import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyReachable } from "./copy-reachable.ts";
import { isRoot } from "./process-life.ts";
import { copyOnce, isTraversable, reachablePath, reachableRoot, removeReachableRoot } from "./reachable.ts";

const run = promisify(execFile);
const nobody = 65534;

/** 0700, as mkdtemp makes it and as homes are. */
let closed: string;
let open: string;
beforeEach(async () => {
  closed = await realpath(await mkdtemp(join(tmpdir(), "pave-closed-")));
  open = await realpath(await mkdtemp(join(tmpdir(), "pave-open-")));
  await chmod(open, 0o755);
});
afterEach(async () => {
  await removeReachableRoot(closed);
  await rm(closed, { recursive: true });
  await rm(open, { recursive: true });
});

describe("reachableRoot", () => {
  it("is the data folder where others get through", async () => {
    expect(await reachableRoot(join(open, "data"))).toBe(join(open, "data"));
  });

  it.runIf(isRoot())("is a folder of its own where they do not, always the same", async () => {
    const root = await reachableRoot(join(closed, "data"));
    expect(root).toMatch(/^\/var\/lib\/pave\/[0-9a-f]{12}$/);
    expect(await isTraversable(root)).toBe(true);
    expect(await readFile(join(root, "data-folder"), "utf8")).toMatch(new RegExp(`^${closed}/data\\n\\w{16}\\n$`));
    expect(await reachableRoot(join(closed, "data"))).toBe(root);
    await removeReachableRoot(join(closed, "data"));
    await expect(stat(root)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it.runIf(isRoot())("does not give the files of a data folder that was removed to its successor", async () => {
    const dataFolder = join(closed, "data");
    const root = await reachableRoot(dataFolder);
    await writeFile(join(root, "rows"), "of the old one");
    const left = spawn("sleep", ["60"], { cwd: root, stdio: "ignore" });
    const ended = once(left, "exit");
    await rm(dataFolder, { recursive: true });

    expect(await reachableRoot(dataFolder)).toBe(root);
    expect(await readdir(root)).toEqual(["data-folder"]);
    await ended;
    const [aside = ""] = (await readdir(dirname(root))).filter((name) =>
      name.startsWith(`${basename(root)}.orphaned-`),
    );
    expect(await readFile(join(dirname(root), aside, "rows"), "utf8")).toBe("of the old one");
    await rm(join(dirname(root), aside), { recursive: true });
    await removeReachableRoot(dataFolder);
  });

  it.runIf(isRoot())("moves with its data folder", async () => {
    const before = await reachableRoot(join(closed, "before"));
    await writeFile(join(before, "rows"), "kept");
    await rename(join(closed, "before"), join(closed, "after"));
    const after = await reachableRoot(join(closed, "after"));
    expect(after).not.toBe(before);
    expect(await readFile(join(after, "rows"), "utf8")).toBe("kept");
    await expect(stat(before)).rejects.toMatchObject({ code: "ENOENT" });

    await cp(join(closed, "after"), join(closed, "copy"), { recursive: true });
    const copy = await reachableRoot(join(closed, "copy"));
    expect(await readdir(copy)).toEqual(["data-folder"]);
    expect(await readdir(after)).toContain("rows");
    for (const name of ["after", "copy"]) await removeReachableRoot(join(closed, name));
  });

  it.runIf(!isRoot())("is the data folder for everybody but root", async () => {
    expect(await reachableRoot(closed)).toBe(closed);
  });

  it("says which folder cannot be made", async () => {
    await writeFile(join(open, "file"), "");
    await expect(reachableRoot(join(open, "file/data"))).rejects.toMatchObject({
      code: "database.start_failed",
      message: expect.stringContaining(join(open, "file/data")),
    });
  });
});

describe("reachablePath", () => {
  it("is the source itself where everybody can read it", async () => {
    await writeFile(join(open, "tool"), "");
    expect(await reachablePath(open, "tool", join(open, "tool"))).toBe(join(open, "tool"));
  });

  it.runIf(isRoot())("is a copy that another user can run", async () => {
    await mkdir(join(closed, "package/bin"), { recursive: true });
    await writeFile(join(closed, "package/bin/tool"), "#!/bin/sh\necho works\n", { mode: 0o700 });
    const path = await reachablePath(open, "tool", join(closed, "package"));
    expect(path).toMatch(new RegExp(`^${open}/runtime/tool-[0-9a-f]{12}$`));
    const { stdout } = await run(join(path, "bin/tool"), { uid: nobody, gid: nobody, cwd: "/" });
    expect(stdout).toBe("works\n");
    // Still the same copy, and made once by two who ask together.
    const again = await Promise.all([1, 2].map(() => reachablePath(open, "tool", join(closed, "package"))));
    expect(again).toEqual([path, path]);
    expect(await readdir(join(open, "runtime"))).toHaveLength(1);
  });

  it("is made by each of many who ask at the same moment, and is one", async () => {
    await mkdir(join(closed, "package"));
    for (const name of ["a", "b", "c"]) await writeFile(join(closed, "package", name), name, { mode: 0o600 });
    const ask = () => copyOnce(open, "tool", join(closed, "package"));
    const paths = new Set(await Promise.all(Array.from({ length: 10 }, ask)));
    expect(paths.size).toBe(1);
    for (const path of paths) expect((await readdir(path)).sort()).toEqual(["a", "b", "c"]);
    expect(await readdir(join(open, "runtime"))).toHaveLength(1);
  });

  it.runIf(isRoot())("is a new copy when the source has changed", async () => {
    await mkdir(join(closed, "package"));
    await writeFile(join(closed, "package/package.json"), `{"version":"1.0.0"}`);
    const first = await reachablePath(open, "tool", join(closed, "package"));
    await writeFile(join(closed, "package/package.json"), `{"version":"2.0.0"}`);
    const second = await reachablePath(open, "tool", join(closed, "package"));
    expect(second).not.toBe(first);
    expect(await readFile(join(second, "package.json"), "utf8")).toBe(`{"version":"2.0.0"}`);
  });
});

describe("copyReachable", () => {
  it("links what everybody may read, copies the rest with more rights, and leaves the source as it was", async () => {
    const source = join(closed, "source");
    await mkdir(join(source, "private"), { recursive: true, mode: 0o700 });
    await writeFile(join(source, "public.txt"), "a");
    await chmod(join(source, "public.txt"), 0o644);
    await writeFile(join(source, "private/secret.txt"), "b", { mode: 0o600 });
    await copyReachable(source, join(open, "copy"));

    const [original, linked] = await Promise.all([
      stat(join(source, "public.txt")),
      stat(join(open, "copy/public.txt")),
    ]);
    expect(linked.ino).toBe(original.ino);
    expect(await modeOf(join(open, "copy/private"))).toBe(0o755);
    expect(await modeOf(join(open, "copy/private/secret.txt"))).toBe(0o644);
    expect(await modeOf(join(source, "private/secret.txt"))).toBe(0o600);
  });

  it("keeps links inside the folder and follows those that leave it", async () => {
    const source = join(closed, "source");
    await mkdir(join(source, "lib"), { recursive: true });
    await writeFile(join(source, "lib/real.so.1"), "library");
    await writeFile(join(closed, "outside.txt"), "outside");
    await symlink("real.so.1", join(source, "lib/real.so"));
    await symlink("../outside.txt", join(source, "outside.txt"));
    await symlink("nowhere", join(source, "dangling"));
    await symlink("..", join(source, "around"));
    await copyReachable(source, join(open, "copy"));

    expect(await readlink(join(open, "copy/lib/real.so"))).toBe("real.so.1");
    expect((await lstat(join(open, "copy/outside.txt"))).isFile()).toBe(true);
    expect(await readFile(join(open, "copy/outside.txt"), "utf8")).toBe("outside");
    expect(await readdir(join(open, "copy"))).not.toContain("around");
  });
});

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
