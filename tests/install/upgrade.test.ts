import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plan, Run } from "@pave/contract";
import type { LedgerReport } from "@pave/contract/ledger";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { startPlatform, type TestPlatform } from "../support/platform.ts";
import { layOut, readSavedVersion, type SavedVersion, withDatabaseOf } from "../support/saved-version.ts";
import { tinyFolder } from "../support/tiny-project.ts";

const saved = join(import.meta.dirname, "..", "fixtures", "previous-version.json.gz");

/** What the version before this one left, saved by `tests/support/save-version.ts` of that version. */
describe("an upgrade from the version before, with data in it", { timeout: 120_000 }, () => {
  let folder: string;
  let previous: SavedVersion;
  let isNew: readonly string[];
  let platform: TestPlatform;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pave-upgrade-"));
    previous = await readSavedVersion(saved);
    const home = join(folder, "home");
    isNew = await layOut(previous, home);
    platform = await startPlatform({ home });
  }, 120_000);
  afterAll(async () => {
    await platform?.remove();
    await rm(folder, { recursive: true, force: true });
  });
  const inProject = { params: { project: "tiny" } };

  it("brings the database up to date, and keeps what was applied", async () => {
    const log = await readFile(join(platform.home, "logs", "server.log"), "utf8");
    const migrated = [...log.matchAll(/"migration":"([^"]+)"/g)].map(([, name]) => name);
    expect(migrated).toEqual(isNew);
  });

  it("answers at once what it answered before", async () => {
    const predict = () => platform.pave(["predict", "staging", "--project", "tiny"]);
    const { data } = await eventually("an answer", predict, ({ code }) => code === 0);
    const predictions = (answer: unknown) => (answer as { predictions: unknown }).predictions;
    expect(predictions(data)).toBeDefined();
    expect(predictions(data)).toEqual(predictions(previous.answer));
  });

  it("shows runs, versions, plans and deployments as they were", async () => {
    const { items: runs } = await platform.client.listRuns({ ...inProject, query: {} });
    expect(runs.map(({ number, state }) => [number, state])).toEqual([
      [2, "succeeded"],
      [1, "succeeded"],
    ]);
    const run = await platform.client.getRun({ params: { project: "tiny", run: "2" } });
    expect(run.graph.map(({ name }) => name)).toEqual(["make", "train", "evaluate", "register-tiny"]);
    const { items: plans } = await platform.client.listPlans({ ...inProject, query: {} });
    expect(plans.map(({ state }) => state)).toEqual(["applied", "applied"]);
    const { items: deployments } = await platform.client.listDeployments(inProject);
    expect(deployments).toMatchObject([{ environment: "staging", name: "tiny", health: expect.any(String) }]);
  });

  it("has the whole ledger, which verifies, and goes on with it", async () => {
    const file = join(folder, "ledger.jsonl");
    await platform.json(["ledger", "export", file]);
    const report = await platform.json<LedgerReport>(["ledger", "verify", file]);
    expect(report).toMatchObject({ ok: true });
    const before = previous.rows.ledger_events?.length ?? 0;
    expect(before).toBeGreaterThan(10);
    expect((await readFile(file, "utf8")).split("\n").length).toBeGreaterThan(before);
  });

  it("runs and deploys what was made with it", async () => {
    const project = join(folder, "projects", "tiny");
    await tinyFolder(project, "tiny", { "note.txt": "after the upgrade\n" });
    expect(await platform.json<Run>(["run"], { folder: project })).toMatchObject({ number: 3, state: "succeeded" });
    const plan = await platform.json<Plan>(["deploy", "--to", "staging"], { folder: project });
    expect(plan.state, plan.message ?? "").toBe("applied");
  });

  it("does not start on a database of a version after this one, says so, and changes nothing", async () => {
    await platform.stop();
    await withDatabaseOf(platform.home, (client) =>
      client.query(
        "insert into pave_migrations (number, name, sha256, min_code) values (9999, '9999-runs-later', 'x', 9999)",
      ),
    );
    const { code, data } = await platform.pave(["up", "--detach"]);
    expect([code, data]).toMatchObject([
      1,
      {
        error: {
          message: expect.stringMatching(/^The database was migrated by a newer Pave: 9999-runs-later needs code/),
          fix: expect.stringContaining("Start the newer Pave, or restore a backup"),
        },
      },
    ]);
  });
});
