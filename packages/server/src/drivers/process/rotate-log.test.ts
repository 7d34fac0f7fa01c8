import { mkdtemp, open, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rotateLog } from "./rotate-log.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pave-log-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a log that somebody goes on writing is put aside by size, and only the last ones are kept", async () => {
  const path = join(folder, "gateway.log");
  const writer = await open(path, "a");
  for (let round = 1; round <= 6; round += 1) {
    await writer.write(`round ${round}\n`.repeat(10));
    await rotateLog(path, { maxBytes: 50, keep: 3 });
  }
  await writer.write("the end\n");
  await rotateLog(path, { maxBytes: 50, keep: 3 });
  await writer.close();
  expect((await readdir(folder)).sort()).toEqual(["gateway.log", "gateway.log.1", "gateway.log.2", "gateway.log.3"]);
  expect(await readFile(path, "utf8")).toBe("the end\n");
  const first = async (number: number) => (await readFile(`${path}.${number}`, "utf8")).split("\n")[0];
  expect([await first(1), await first(2), await first(3)]).toEqual(["round 6", "round 5", "round 4"]);
});

test("one that is not there is no matter", async () => {
  await rotateLog(join(folder, "none.log"));
  expect(await readdir(folder)).toEqual([]);
});
