import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Import } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiHouse, createApiHouse } from "../packages/server/src/rights/api-house.ts";
import { builtPave } from "./support/built-pave.ts";
import { type Commands, createCommands } from "./support/commands.ts";
import { eventually } from "./support/eventually.ts";
import { createMlflowServer, type MlflowServer, playScript } from "./support/mlflow-server.ts";
import { pythonClient } from "./support/python-client.ts";

type Seen = Record<string, Record<string, Record<string, unknown>>>;
type Counts = {
  readonly runs: number;
  readonly loggedModels: number;
  readonly versions: number;
  readonly files: number;
};

/** A real server of MLflow with 200 runs, 21 versions and 1,120 files; copied, and both read through the client. */
describe("pave import mlflow", { timeout: 300_000 }, () => {
  let python: string;
  let folder: string;
  let source: MlflowServer;
  let house: ApiHouse;
  let url: string;
  let pave: Commands;
  let filled: Counts;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pave-import-"));
    python = await pythonClient("mlflow");
    source = await createMlflowServer({ python, folder });
    const [entry] = await Promise.all([
      builtPave(),
      (async () => {
        house = await createApiHouse();
        url = await house.listen();
        await house.project("moved");
      })(),
      (async () => {
        filled = await playScript<Counts>(python, "fill-server.py", [source.database, source.artifacts, "200"]);
        await source.start();
      })(),
    ]);
    const environment = { PAVE_HOME: join(folder, "home"), PAVE_URL: url, PAVE_TOKEN: house.admin };
    pave = createCommands({ folder, environment, url: () => url, entry });
  }, 600_000);
  afterAll(async () => {
    await source?.kill();
    await house?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const command = (...more: string[]) => ["import", "mlflow", "--from", source.url, "--project", "moved", ...more];
  const read = async (server: string, what: string[], environment: Record<string, string> = {}): Promise<Seen> => {
    const file = join(folder, `seen-${new URL(server).port}.json`);
    await playScript(python, "read-server.py", [server, file, ...what], environment);
    return JSON.parse(await readFile(file, "utf8")) as Seen;
  };
  const readBoth = async (...what: string[]) => {
    const [there, here] = await Promise.all([
      read(source.url, what),
      read(url, what, { MLFLOW_TRACKING_TOKEN: house.admin, MLFLOW_WORKSPACE: "moved" }),
    ]);
    const { moved: _, ...experiments } = here.experiments ?? {};
    const own: Seen = { ...here, experiments };
    return { there, here: own };
  };
  /** How far an import is, in the words of its progress. */
  const copiedFiles = (stderr: string): number =>
    Number(/"files":\{"copied":(\d+)/.exec(stderr.trim().split("\n").at(-1) ?? "")?.[1] ?? 0);

  it("is killed half-way, shows nothing half, and goes on where it was", async () => {
    const { child, output, ended } = pave.call([...command(), "--json"], {});
    await eventually(
      "files",
      async () => copiedFiles(output.stderr),
      (count) => count > 100,
    );
    child.kill("SIGKILL");
    await ended;
    const runs = await house.ctx.db
      .selectFrom("tracked_runs")
      .select(["run_id", "lifecycle_stage"])
      .where("lifecycle_stage", "=", "importing")
      .execute();
    expect(runs.length).toBeGreaterThan(0);
    const search = await house.send("POST", "/api/2.0/mlflow/runs/search", house.admin, {
      experiment_ids: (await house.ctx.db.selectFrom("experiments").select("id").execute()).map(({ id }) => String(id)),
      run_view_type: "ALL",
      max_results: 1000,
    });
    const shown = ((search.body.runs ?? []) as { info: { run_id: string } }[]).map(({ info }) => info.run_id);
    expect(shown.filter((id) => runs.some(({ run_id }) => run_id === id))).toEqual([]);
  });

  it("stops with a way on when the source dies, and what was copied stays", async () => {
    const { output, ended } = pave.call([...command(), "--json"], {});
    await eventually(
      "files",
      async () => copiedFiles(output.stderr),
      (count) => count > 100,
    );
    await source.kill();
    const { code, stdout } = await ended;
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        message: expect.stringContaining(`${source.url} does not answer any more`),
        fix: expect.stringContaining("run the same command again, and it goes on there"),
      },
    });
    await source.start();
  });

  it("arrives equal", async () => {
    const report = (await pave.json<Import>(command())).report;
    expect(report?.skipped).toEqual([]);
    const { there, here } = await readBoth();
    expect(Object.keys(there.runs ?? {})).toHaveLength(filled.runs);
    expect(Object.keys(there.versions ?? {})).toHaveLength(filled.versions);
    const files = Object.values(there.runs ?? {}).reduce(
      (sum, { files }) => sum + Object.keys(files as object).length,
      0,
    );
    expect(files).toBeGreaterThanOrEqual(filled.files);
    expect(here).toEqual(there);
  });

  it("changes nothing when it runs again, and then copies what is new", async () => {
    const again = await pave.json<Import>(command());
    const counts = Object.values(again.report?.counts ?? {});
    expect(counts.map(({ copied, changed, skipped }) => copied + changed + skipped)).toEqual(counts.map(() => 0));

    const [known] = await house.ctx.db
      .selectFrom("tracked_runs")
      .select("run_id")
      .where("lifecycle_stage", "=", "active")
      .where("name", "=", "run № 7")
      .execute();
    await playScript(python, "add-to-server.py", [source.url, known?.run_id ?? "", "flights"]);
    const third = await pave.json<Import>(command());
    expect(third.report?.counts).toMatchObject({
      runs: { copied: 1, changed: 1, there: filled.runs - 1 },
      files: { copied: 2 },
      "registered models": { changed: 1 },
    });
    const { there, here } = await readBoth("records");
    expect(here.runs).toEqual(there.runs);
    expect(here.models).toEqual(there.models);
  });

  it("loads models by alias, number and run with nothing but the address changed", async () => {
    const environment = { MLFLOW_TRACKING_URI: url, MLFLOW_TRACKING_TOKEN: house.admin, MLFLOW_WORKSPACE: "moved" };
    const loaded = await playScript<{ predictions: number[][]; run: string }>(python, "load-moved.py", [], environment);
    expect(loaded.predictions).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
    expect(loaded.run).toMatch(/^[0-9a-f]{32}$/);
  });
});
