import { ApiError, type Client, createClient, type ImportRun, type ImportVersion } from "@pave/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ApiHouse, createApiHouse } from "../../rights/api-house.ts";

let house: ApiHouse;
let client: Client;
let params: { project: string; import: string };
let experimentId: number;
let count = 0;
const next = (): number => {
  count += 1;
  return count;
};

beforeAll(async () => {
  house = await createApiHouse();
  client = createClient({ baseUrl: await house.listen(), token: house.admin });
  for (const name of ["moved", "other"]) await house.project(name);
});
afterAll(() => house.close());
beforeEach(async () => {
  params = await startedIn("moved");
  const made = await client.importExperiment({
    params,
    body: { ...experiment, id: String(next()), name: `e ${count}` },
  });
  experimentId = made.experimentId;
});

const source = "http://mlflow.example";
const digest = `sha256:${"0".repeat(64)}`;
const experiment = { tags: { team: "ops" }, isDeleted: false, createdAt: 1000, updatedAt: 2000, digest };
const startedIn = async (project: string) => {
  const { id } = await client.startImport({ params: { project }, body: { source, version: "3.1.0" } });
  return { project, import: id };
};
const newRun = (more: Partial<ImportRun> = {}): ImportRun => ({
  ...{
    runId: next().toString(16).padStart(32, "a"),
    experimentId,
    name: "№ 1",
    userName: "ada",
    status: "FINISHED",
  },
  ...{
    startTime: 1_700_000_000_001,
    endTime: 1_700_000_000_002,
    isDeleted: false,
    params: { a: "1" },
    tags: { t: "ü" },
  },
  datasets: [],
  ...more,
});
const copy = async (run: ImportRun, to = params) => {
  await client.importRuns({ params: to, body: { runs: [run] } });
  const runs = [{ runId: run.runId, digest }];
  await client.markRunsCopied({ params: to, body: { runs } });
  await client.finishRuns({ params: to, body: { runs: [{ runId: run.runId, isDeleted: run.isDeleted, models: [] }] } });
};
const put = (root: string, path: string, text: string, size = Buffer.byteLength(text)) =>
  client.raw("importFile", { params, query: { root, path, size: String(size) } }, { bytes: text });
const mlflow = async (path: string, body: object) =>
  (await house.send("POST", `/api/2.0/mlflow${path}`, house.admin, body)).body;
const shown = async () =>
  ((await mlflow("/runs/search", { experiment_ids: [String(experimentId)], run_view_type: "ALL", max_results: 10 }))
    .runs ?? []) as { info: Record<string, unknown>; data: { tags: { key: string; value: string }[] } }[];
const errorOf = async (call: Promise<unknown>): Promise<{ status: number; message: string }> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApiError)) throw new Error(`expected a refusal, found ${error}`);
  return { status: error.status, message: JSON.stringify(error.body) };
};

describe("a run that is copied in", () => {
  it("is unseen until all of it is here, and then has the id, times and user that it had", async () => {
    const run = newRun();
    await client.importRuns({ params, body: { runs: [run] } });
    const early = client.finishRuns({ params, body: { runs: [{ runId: run.runId, isDeleted: false, models: [] }] } });
    expect(await errorOf(early)).toMatchObject({ status: 400 });
    expect(await shown()).toEqual([]);
    await copy(run);
    const [found] = await shown();
    expect(found?.info).toMatchObject({
      ...{ run_id: run.runId, run_name: "№ 1", user_id: "ada", status: "FINISHED", lifecycle_stage: "active" },
      ...{ start_time: 1_700_000_000_001, end_time: 1_700_000_000_002 },
    });
    expect(Object.fromEntries(found?.data.tags.map(({ key, value }) => [key, value]) ?? [])).toEqual({
      ...{ t: "ü", "pave.import.from": source },
      "pave.import.by": expect.any(String),
    });
    const rows = await house.ctx.db.selectFrom("ledger_events").select(["type", "data"]).orderBy("id").execute();
    expect(rows.filter(({ type }) => type === "import.runs-copied").at(-1)?.data).toEqual({
      ...{ source, count: 1, runs: [run.runId] },
    });
  });

  it("is not shown by restoring it or its experiment while it is copied", async () => {
    const run = newRun();
    await client.importRuns({ params, body: { runs: [run] } });
    await mlflow("/runs/restore", { run_id: run.runId });
    await mlflow("/experiments/delete", { experiment_id: String(experimentId) });
    await mlflow("/experiments/restore", { experiment_id: String(experimentId) });
    expect(await shown()).toEqual([]);
  });

  it("gets what changed when it comes again, and keeps its children", async () => {
    const [above, below] = [newRun({ status: "RUNNING", endTime: null }), newRun()];
    await copy({ ...below, tags: { "mlflow.parentRunId": above.runId } });
    await copy(above);
    await copy({ ...below, tags: { "mlflow.parentRunId": above.runId } });
    await copy({ ...above, status: "FAILED", endTime: 1_700_000_000_009, isDeleted: true });
    const rows = await house.ctx.db
      .selectFrom("tracked_runs")
      .select(["run_id", "status", "lifecycle_stage", "parent_run_id"])
      .where("experiment_id", "=", experimentId)
      .orderBy("run_id")
      .execute();
    expect(rows).toEqual([
      { run_id: above.runId, status: "FAILED", lifecycle_stage: "deleted", parent_run_id: null },
      { run_id: below.runId, status: "FINISHED", lifecycle_stage: "active", parent_run_id: above.runId },
    ]);
  });

  it("that was removed here comes anew with its experiment, and without the points that it had", async () => {
    const body = { ...experiment, id: "removed", name: "removed" };
    const { experimentId: first } = await client.importExperiment({ params, body });
    const run = newRun({ experimentId: first });
    await copy(run);
    const points = (steps: number[]) => [{ runId: run.runId, key: "m", steps, times: steps, values: steps }];
    await client.importPoints({ params, body: { series: points([1, 2]) } });
    // as a collection does, which was stopped before the points
    for (const table of ["latest_metrics", "tracked_params", "tracked_tags", "tracked_runs"])
      await house.ctx.database.pool.query(`delete from ${table} where run_id = $1`, [run.runId]);
    await house.ctx.database.pool.query("insert into removed_runs values ($1)", [run.runId]);
    await house.ctx.database.pool.query("delete from experiment_tags where experiment_id = $1", [first]);
    await house.ctx.database.pool.query("delete from experiments where id = $1", [first]);

    const again = await client.importExperiment({ params, body });
    expect(again.state).toBe("new");
    await client.importRuns({ params, body: { runs: [{ ...run, experimentId: again.experimentId }] } });
    await client.importPoints({ params, body: { series: points([3]) } });
    expect((await house.ctx.database.pool.query("select from removed_runs")).rowCount).toBe(0);
    const { rows } = await house.ctx.database.pool.query("select step from metric_points where run_id = $1", [
      run.runId,
    ]);
    expect(rows).toEqual([{ step: 3 }]);
    const early = client.finishRuns({ params, body: { runs: [{ runId: run.runId, isDeleted: false, models: [] }] } });
    expect(await errorOf(early)).toMatchObject({ status: 400 }); // it is not known as finished from before
  });

  it("stays out where its id is taken, with a reason that tells nothing of other projects", async () => {
    const run = newRun();
    await copy(run);
    const elsewhere = await startedIn("other");
    const { experimentId: there } = await client.importExperiment({
      params: elsewhere,
      body: { ...experiment, id: "1", name: "e" },
    });
    const answer = await client.importRuns({ params: elsewhere, body: { runs: [{ ...run, experimentId: there }] } });
    expect(answer.skipped).toEqual([
      { runId: run.runId, reason: "a run of this id is on this platform already, and not in this project" },
    ]);
    const { run: own } = await mlflow("/runs/create", { experiment_id: String(experimentId) });
    const again = await client.importRuns({ params, body: { runs: [newRun({ runId: own.info.run_id })] } });
    expect(again.skipped).toEqual([
      { runId: own.info.run_id, reason: "the project has a run of this id that was not copied in" },
    ]);
  });

  it("that another project brings at the same moment stays the other's, untouched", async () => {
    const elsewhere = await startedIn("other");
    const { experimentId: there } = await client.importExperiment({
      params: elsewhere,
      body: { ...experiment, id: "2", name: "at once" },
    });
    const run = newRun();
    const { pool } = house.ctx.database;
    const first = await pool.connect();
    await first.query("begin");
    await first.query(
      `insert into tracked_runs (run_id, experiment_id, name, principal_id, artifact_uri, lifecycle_stage)
       values ($1, $2, 'theirs', 'system', 'x', 'importing')`,
      [run.runId, there],
    );
    const second = errorOf(client.importRuns({ params, body: { runs: [run] } }));
    const waits = "select from pg_stat_activity where wait_event_type = 'Lock' and query like '%tracked_runs%'";
    while ((await pool.query(waits)).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await first.query("commit");
    first.release();
    expect(await second).toMatchObject({ status: 409 });
    const { rows } = await pool.query(
      "select r.name, (select count(*)::integer from tracked_tags t where t.run_id = r.run_id) as tags from tracked_runs r where r.run_id = $1",
      [run.runId],
    );
    expect(rows).toEqual([{ name: "theirs", tags: 0 }]);
    expect((await client.importRuns({ params, body: { runs: [run] } })).skipped).toHaveLength(1);
  });

  it("is refused where it comes twice at once, by its name and rule", async () => {
    const run = newRun();
    expect(await errorOf(client.importRuns({ params, body: { runs: [run, run] } }))).toMatchObject({
      status: 400,
      message: expect.stringContaining("has the same run twice"),
    });
    await client.importRuns({ params, body: { runs: [run] } });
    const [mark, end] = [
      { runId: run.runId, digest },
      { runId: run.runId, isDeleted: false, models: [] },
    ];
    expect(await errorOf(client.markRunsCopied({ params, body: { runs: [mark, mark] } }))).toMatchObject({
      status: 400,
    });
    await client.markRunsCopied({ params, body: { runs: [mark] } });
    expect(await errorOf(client.finishRuns({ params, body: { runs: [end, end] } }))).toMatchObject({ status: 400 });
  });

  it("has every point once, however often they come", async () => {
    const run = newRun();
    await client.importRuns({ params, body: { runs: [run] } });
    const series = [
      {
        ...{ runId: run.runId, key: "loss", steps: [-1, 2, 2, 3], times: [1, 2, 2, 3] },
        values: [0.5, "NaN" as const, "NaN" as const, "Infinity" as const],
      },
    ];
    for (let round = 0; round < 2; round += 1) await client.importPoints({ params, body: { series } });
    const points = await house.ctx.db
      .selectFrom("metric_points")
      .select(["step", "value"])
      .where("run_id", "=", run.runId)
      .orderBy("step")
      .execute();
    expect(points).toEqual([
      { step: -1, value: 0.5 },
      { step: 2, value: Number.NaN },
      { step: 3, value: Number.MAX_VALUE },
    ]);
  });
});

describe("what nobody should send", () => {
  it.each<[string, Partial<ImportRun>, string]>([
    ["an id that is none", { runId: "../../etc" }, "runs.0.runId"],
    ["a NUL in a tag", { tags: { a: "b\0" } }, "has a NUL"],
    ["a key of a param that no client could log", { params: { "a;b": "1" } }, "may have letters"],
    ["a param of more than 8000 characters", { params: { a: "x".repeat(8001) } }, "at most 8000 characters"],
    ["a time before 1970", { startTime: -1 }, "startTime"],
    ["a status that is none", { status: "DONE" as "FAILED" }, "status"],
    ["an experiment that is not the project's", { experimentId: 999_999 }, "experiment 999999"],
  ])("is refused: %s", async (_, more, message) => {
    const refused = await errorOf(client.importRuns({ params, body: { runs: [newRun(more)] } }));
    expect(refused.status).toBeLessThan(500);
    expect(refused.message).toContain(message);
    expect(await shown()).toEqual([]);
  });

  it.each([
    "../a",
    "/etc/passwd",
    "a/../../b",
    "a\\b",
    "a/%2e%2e/b",
    "a/%252e%252e/b",
    "a#b",
    "a//b",
    "a/\u0001",
    "x".repeat(999),
  ])("is refused as a path: %j", async (path) => {
    const run = newRun();
    await client.importRuns({ params, body: { runs: [run] } });
    expect(await errorOf(put(`run/${run.runId}`, path, "x"))).toMatchObject({ status: 400 });
    expect((await client.listImportedFiles({ params, query: { root: `run/${run.runId}` } })).items).toEqual([]);
  });

  it("is refused as a file that is shorter or longer than was said, and for what no import has begun", async () => {
    const run = newRun();
    await client.importRuns({ params, body: { runs: [run] } });
    for (const size of [2, 4])
      expect(await errorOf(put(`run/${run.runId}`, "a.txt", "abc", size))).toMatchObject({ status: 422 });
    await put(`run/${run.runId}`, "empty", "");
    expect((await client.listImportedFiles({ params, query: { root: `run/${run.runId}` } })).items).toEqual([
      { path: "empty", size: 0 },
    ]);
    const { run: own } = await mlflow("/runs/create", { experiment_id: String(experimentId) });
    for (const table of ["tracked_tags", "tracked_params", "tracked_runs"] as const)
      await house.ctx.db.deleteFrom(table).where("run_id", "=", run.runId).execute();
    expect(await errorOf(put(`run/${run.runId}`, "a.txt", "abc"))).toMatchObject({ status: 404 });
    for (const root of [`run/${own.info.run_id}`, `model/m-${"1".repeat(32)}`, "version/nothing/1"])
      expect(await errorOf(put(root, "a.txt", "abc"))).toMatchObject({ status: 400 });
  });

  it("is refused once the import has ended", async () => {
    await client.endImport({ params, body: { result: "done", report: { counts: {}, skipped: [], notes: [] } } });
    expect(await errorOf(client.importRuns({ params, body: { runs: [newRun()] } }))).toMatchObject({ status: 400 });
    expect((await client.listImports({ params: { project: "moved" } })).items[0]).toMatchObject({
      state: "done",
      source,
    });
  });
});

describe("a registered model that is copied in", () => {
  const model = { description: "d", tags: { k: "v" }, createdAt: 10, updatedAt: 20 };
  const versionOf = (name: string, version: number, run: ImportRun): ImportVersion => ({
    ...{ name, version, source: `runs:/${run.runId}/model`, files: { root: `run/${run.runId}`, path: "model" } },
    ...{ runId: run.runId, modelId: null, runLink: "", description: "of it", stage: "Production", userName: "ada" },
    ...{ createdAt: 30, updatedAt: 40, tags: { x: "y" }, digest },
  });

  it("has its versions under their numbers, and gives the next one a number above them", async () => {
    const run = newRun();
    await client.importRuns({ params, body: { runs: [run] } });
    await put(`run/${run.runId}`, "model/MLmodel", "flavors:\n  python_function: {}\n");
    await copy(run);
    expect(await client.importModel({ params, body: { ...model, name: "numbered" } })).toEqual({ skipped: null });
    expect(await client.importVersion({ params, body: versionOf("numbered", 7, run) })).toEqual({ skipped: null });
    expect(await client.importVersion({ params, body: versionOf("numbered", 7, run) })).toEqual({ skipped: null });
    const copied: ImportVersion = { ...versionOf("numbered", 8, run), files: { name: "numbered", version: 7 } };
    expect(await client.importVersion({ params, body: copied })).toEqual({ skipped: null });
    const empty: ImportVersion = {
      ...versionOf("numbered", 9, run),
      files: { root: `run/${run.runId}`, path: "nothing" },
    };
    expect(await client.importVersion({ params, body: empty })).toEqual({
      skipped: "there are no files at its source",
    });
    const finished = { name: "numbered", aliases: { champion: 7, lost: 3 }, updatedAt: 50, digest };
    expect(await client.finishModel({ params, body: finished })).toEqual({
      skipped: [{ alias: "lost", reason: "version 3 is not here" }],
    });
    const get = `/api/2.0/mlflow/registered-models/alias?name=numbered&alias=champion`;
    expect((await house.send("GET", get, house.admin)).body.model_version).toMatchObject({
      ...{ version: "7", run_id: run.runId, user_id: "ada", current_stage: "Production", description: "of it" },
      ...{ creation_timestamp: 30, last_updated_timestamp: 40, source: `runs:/${run.runId}/model`, status: "READY" },
    });
    const made = await mlflow("/model-versions/create", { name: "numbered", source: `runs:/${run.runId}/model` });
    expect(made.model_version.version).toBe("9");
    expect(await client.importVersion({ params, body: versionOf("numbered", 9, run) })).toEqual({
      skipped: "the model has a version of this number that was not copied in",
    });
  });

  it("stays out where another project has its name", async () => {
    expect(await client.importModel({ params, body: { ...model, name: "mine" } })).toEqual({ skipped: null });
    const elsewhere = await startedIn("other");
    expect(await client.importModel({ params: elsewhere, body: { ...model, name: "mine" } })).toEqual({
      skipped: "the name belongs to another project",
    });
  });

  it("leaves what the project had by itself as it was", async () => {
    await house.ctx.db
      .insertInto("registered_models")
      .values({ name: "own", project_id: await house.projectId("moved") })
      .execute();
    for (let round = 0; round < 2; round += 1) {
      await client.importModel({ params, body: { ...model, name: "own" } });
      await client.finishModel({ params, body: { name: "own", aliases: {}, updatedAt: 1, digest } });
    }
    const { body } = await house.send("GET", "/api/2.0/mlflow/registered-models/get?name=own", house.admin);
    expect(body.registered_model).toMatchObject({ description: "", tags: [] });
  });
});
