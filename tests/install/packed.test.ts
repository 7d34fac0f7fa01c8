import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Plan, Run } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installPave, type PackedPave, packPave } from "../support/packed-pave.ts";
import { startPartsPlatform } from "../support/parts-platform.ts";
import { startPlatform, type TestPlatform } from "../support/platform.ts";
import { processesOf } from "../support/processes.ts";
import { shopCsv } from "../support/shop-table.ts";
import { tinyProject } from "../support/tiny-project.ts";

const execute = promisify(execFile);

/** The machine's own, where it is one that Pave cannot run on. */
const oldNode = ["/usr/bin/node", "/usr/local/bin/node"].find(
  (path) => existsSync(path) && Number(execFileSync(path, ["-p", "process.versions.node.split('.')[0]"])) < 24,
);

describe("the packed Pave, installed in an empty folder", { timeout: 300_000 }, () => {
  let packed: PackedPave;
  let platform: TestPlatform;
  const environment = () => ({ HOME: packed.home });

  beforeAll(async () => {
    packed = await installPave();
    platform = await startPlatform({ entry: packed.entry, environment: environment(), ownDatabase: true });
  }, 300_000);
  afterAll(async () => {
    await platform?.remove();
    await packed?.remove();
  });

  it("is small, and the same bytes whenever it is packed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pave-pack-again-"));
    const again = await packPave(folder);
    expect((await readFile(again)).equals(await readFile(packed.tarball))).toBe(true);
    expect((await stat(again)).size).toBeLessThan(12_000_000);
    await rm(folder, { recursive: true });
  });

  it("holds no sources to be built, no tests, and the licence of each package that is bundled", async () => {
    const files = await readdir(packed.folder, { recursive: true });
    expect(files.filter((path) => /\.test\.ts$|\/src\/|node_modules/.test(path))).toEqual([]);
    const licences = await readFile(join(packed.folder, "THIRD-PARTY-LICENSES.txt"), "utf8");
    for (const name of ["fastify", "kysely", "pg", "zod", "commander", "react", "@mantine/core"])
      expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, "m"));
  });

  it("runs nothing of this checkout", async () => {
    const commands = (await processesOf(platform)).map(({ command }) => command);
    expect(commands.length).toBeGreaterThan(3);
    expect(commands.filter((command) => command.includes("/src/"))).toEqual([]);
  });

  it("answers `npx pave`, finds nothing wrong, and shows portal and docs", async () => {
    const { stdout } = await execute("npx", ["--no-install", "pave", "--version"], {
      cwd: packed.app,
      env: { ...process.env, ...environment() },
    });
    expect(stdout.trim()).toBe("0.1.0");
    const doctor = await platform.pave(["doctor"], { text: true });
    expect([doctor.code, doctor.stdout]).toEqual([0, expect.stringContaining("gateway connected, runner connected")]);
    for (const [path, text] of [
      ["/", '<div id="root">'],
      ["/docs/quickstart", "<h1"],
      ["/docs/decisions/2026-11-23-install-scripts-off", "Install scripts"],
      ["/schemas/pave.schema.json", '"$schema"'],
    ]) {
      const response = await fetch(`${platform.url}${path}`);
      expect([path, response.status, await response.text()]).toEqual([path, 200, expect.stringContaining(text ?? "")]);
    }
  });

  it.skipIf(oldNode === undefined)("says which Node it needs where that is older", async () => {
    const failed = await execute(oldNode ?? "", [packed.entry, "up"]).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Pave needs Node 24, found v\d+.*Install Node 24/s),
    });
  });

  it("walks the road of a table: new, run, deploy, predict", async () => {
    await writeFile(join(platform.folder, "shop.csv"), shopCsv());
    const settings = ["--set", "maxIterations=20", "--set", "minimumAuc=0.5", "--yes"];
    await platform.json(["new", "shop", "--data", "shop.csv", "--target", "bought", ...settings]);
    const folder = join(platform.folder, "shop");
    const run = await platform.json<Run>(["run"], { folder, timeoutMs: 280_000 });
    expect(run.state, run.message ?? "").toBe("succeeded");
    const plan = await platform.json<Plan>(["deploy", "--to", "staging"], { folder });
    expect(plan.state, plan.message ?? "").toBe("applied");
    const answer = await platform.json(["predict", "staging"], { folder });
    expect(JSON.stringify(answer)).toMatch(/probabilit/);
  });

  it("runs each role by itself, on a database elsewhere", async () => {
    const parts = await startPartsPlatform(packed.entry);
    try {
      const project = await tinyProject(parts, "tiny");
      expect(await project.json<Run>(["run"])).toMatchObject({ state: "succeeded" });
      expect(await project.json<Plan>(["deploy", "--to", "staging"])).toMatchObject({ state: "applied" });
    } finally {
      await parts.remove();
    }
  });
});
