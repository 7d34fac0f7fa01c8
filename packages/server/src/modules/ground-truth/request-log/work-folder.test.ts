import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeWorkFolder, removeLeftFolders } from "./work-folder.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "pave-work-folder-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

test("what a process left that was killed is removed, what is being worked in is not", async () => {
  const mine = await makeWorkFolder(root);
  const script = `
    import { writeFile } from "node:fs/promises";
    import { makeWorkFolder } from ${JSON.stringify(join(import.meta.dirname, "work-folder.ts"))};
    await writeFile((await makeWorkFolder(${JSON.stringify(root)})) + "/requests.ndjson", "{}");
    console.log("there");
    setInterval(() => undefined, 1000);`;
  const other = spawn(process.execPath, ["--input-type=module", "--eval", script]);
  try {
    await once(other.stdout, "data");
    await removeLeftFolders(root);
    expect(await readdir(root)).toHaveLength(2);
    other.kill("SIGKILL");
    await once(other, "exit");
    await removeLeftFolders(root);
    expect(await readdir(root)).toEqual([basename(mine)]);
  } finally {
    other.kill("SIGKILL");
  }
});

test("a process that only has the pid of the one that left it keeps nothing, and nothing else is touched", async () => {
  const names = ["pave-request-log-notes", `pave-request-log-${process.pid}-boot-1-abcdef`, "something-1-2-3"];
  for (const name of names) await mkdir(join(root, name));
  await writeFile(join(root, "pave-request-log-1-file-abcdef"), "");
  await removeLeftFolders(root);
  expect((await readdir(root)).sort()).toEqual(
    ["pave-request-log-1-file-abcdef", "pave-request-log-notes", "something-1-2-3"].sort(),
  );
});
