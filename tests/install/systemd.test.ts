import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const execute = promisify(execFile);
const program = "/usr/bin/systemd-analyze";
const unit = join(import.meta.dirname, "..", "..", "packaging", "systemd", "pave.service");

if (!existsSync(program)) console.log("the unit of systemd: skipped, as this test needs systemd-analyze");

it.skipIf(!existsSync(program))("systemd understands every line of the unit, and calls it well closed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pave-unit-"));
  const copy = join(folder, "pave.service");
  // nothing is installed here
  await writeFile(copy, (await readFile(unit, "utf8")).replace("ExecStart=/opt/pave/bin/pave", "ExecStart=/bin/true"));
  const { stdout, stderr } = await execute(program, ["verify", copy]);
  expect([stdout, stderr]).toEqual(["", ""]);
  await execute(program, ["security", "--offline=true", "--threshold=50", copy]);
  await rm(folder, { recursive: true });
});
