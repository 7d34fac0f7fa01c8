import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findProjectFolder, projectFolder, projectName } from "./project-folder.ts";

let base: string;
let folder: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "pave folder "));
  folder = join(base, "my project");
  await put("pave.yaml", "apiVersion: pave/v1\nkind: project\nname: late\n");
  await put("steps/train/train.py", "print()\n");
});
afterEach(() => rm(base, { recursive: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

test("the project is found from any folder below, and not above", async () => {
  expect(await findProjectFolder(join(folder, "steps", "train"))).toBe(folder);
  expect(await findProjectFolder(base)).toBeUndefined();
  await expect(projectFolder(base)).rejects.toThrow("There is no pave.yaml here or in a folder above");
});

test("the name is read of a file that is broken elsewhere, or told where it is not", async () => {
  expect(await projectName(folder, undefined)).toBe("late");
  expect(await projectName(base, "other")).toBe("other");
  await put("pave.yaml", "name: late\nowner: [platform\n");
  expect(await projectName(folder, undefined)).toBe("late");
  await put("pave.yaml", "- a list\n");
  await expect(projectName(folder, undefined)).rejects.toThrow(/pave\.yaml has no readable `name`/);
});

test.each([
  ["a list of a million items", "- a\n".repeat(1_000_000)],
  ["a hundred thousand keys, in more bytes than a spec may have", many(100_000)],
])("%s is refused at once", async (_, yaml) => {
  await put("pave.yaml", yaml);
  await expect(projectName(folder, undefined)).rejects.toMatchObject({
    message: `${join(folder, "pave.yaml")}: the file has more than 524288 bytes`,
    fix: "Make it smaller.",
  });
});

test("the name is read at once of the largest file, whatever else stands in it", async () => {
  // of the processor: a busy machine makes it later, not more
  const before = process.cpuUsage();
  for (const rest of [many(40_000), "[".repeat(500_000), "a: &a\n".repeat(80_000)]) {
    await put("pave.yaml", `name: "late" # for now\n${rest}`);
    expect(await projectName(folder, undefined)).toBe("late");
  }
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(2_000);
});

test("many keys do not make it slow to see that none is a name", async () => {
  await put("pave.yaml", many(40_000));
  await expect(projectName(folder, undefined)).rejects.toThrow(/has no readable `name`/);
});

test("the name is read of a flow mapping too", async () => {
  await put("pave.yaml", '{ "kind": "project", "name": "late" }');
  expect(await projectName(folder, undefined)).toBe("late");
});

function many(keys: number): string {
  return Array.from({ length: keys }, (_, index) => `k${index}: 1\n`).join("");
}

test("a name that is none is refused here, in a line", async () => {
  await expect(projectName(base, "x".repeat(100_000))).rejects.toMatchObject({
    message: `--project: "${"x".repeat(39)}…" is no project's name`,
    fix: "It must be lower-case letters, digits and dashes, start with a letter and have at most 63 characters.",
  });
  await put("pave.yaml", "name: Late Flights\n");
  await expect(projectName(folder, undefined)).rejects.toThrow(`pave.yaml: "Late Flights" is no project's name`);
});
