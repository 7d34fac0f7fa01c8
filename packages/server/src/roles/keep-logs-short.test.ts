import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { silentLogger } from "../kernel/logger.ts";
import { keepLogsShort } from "./keep-logs-short.ts";

test("a start puts aside what has become large, of the server and its children", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pave-logs-"));
  for (const name of ["server", "gateway", "runner"]) await writeFile(join(folder, `${name}.log`), Buffer.alloc(11e6));
  const kept = keepLogsShort(folder, silentLogger);
  await vi.waitFor(
    async () => expect((await readdir(folder)).filter((name) => name.endsWith(".1"))).toHaveLength(3),
    60_000,
  );
  await vi.waitFor(async () => expect((await stat(join(folder, "runner.log"))).size).toBe(0), 60_000);
  kept.stop();
  await rm(folder, { recursive: true });
});
