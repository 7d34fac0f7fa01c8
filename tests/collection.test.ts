import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Ctx } from "../packages/server/src/db/context.ts";
import { digestOf } from "../packages/server/src/kernel/ids.ts";
import { bytesInUse } from "../packages/server/src/modules/artifacts/index.ts";
import { nothingRemoved, step } from "../packages/server/src/modules/collection/collect.ts";
import { insertCollection, listCollections } from "../packages/server/src/modules/collection/collections-store.ts";
import { createCollection } from "../packages/server/src/modules/collection/index.ts";
import { markBlobs } from "../packages/server/src/modules/collection/mark-blobs.ts";
import { ofExperiments, ofModels, ofRuns } from "../packages/server/src/modules/collection/remove-tracked.ts";
import { putRetention } from "../packages/server/src/modules/collection/retention-store.ts";
import { sweepBatch } from "../packages/server/src/modules/collection/sweep-blobs.ts";
import { putFile } from "../packages/server/src/modules/tracking/index.ts";
import { createMlflowHouse, type MlflowHouse } from "../packages/server/src/protocols/mlflow/testing/mlflow-house.ts";

let house: MlflowHouse;
let experiment: string;
beforeAll(async () => {
  house = await createMlflowHouse();
});
beforeEach(async () => {
  experiment = await house.newExperiment();
});
afterAll(() => house?.close());

/** Rows of a statement, as the database has them. */
const ask = async <T extends object>(statement: string, values: unknown[] = []): Promise<T[]> =>
  (await house.ctx.database.pool.query<T>(statement, values)).rows;

const days = (count: number): Ctx => ({
  ...house.ctx,
  clock: { now: () => new Date(Date.now() + count * 86_400_000) },
});

async function collect(ctx: Ctx, kind: "dry-run" | "manual" = "manual") {
  const { id } = await insertCollection(ctx, { kind, requestedBy: "ada" });
  const collection = createCollection({
    ...{ artifacts: house.artifacts, deletedDays: 30, schedule: "off", holder: "here" },
  });
  for (let rounds = 0; rounds < 50; rounds += 1) {
    await collection.tick(ctx);
    const found = (await listCollections(ctx)).find((one) => one.id === id);
    if (found?.state === "succeeded") return found;
    if (found?.state === "failed") throw new Error(found.error?.message);
  }
  throw new Error("the collection did not end");
}

const put = async (runId: string, path: string, body: string) =>
  expect(
    (
      await house.call("PUT", `/mlflow-artifacts/artifacts/${experiment}/${runId}/artifacts/${path}`, {
        ...{ as: "developer", body },
      })
    ).status,
  ).toBe(200);
const read = async (runId: string, path: string) =>
  (await house.call("GET", `/mlflow-artifacts/artifacts/${experiment}/${runId}/artifacts/${path}`, { as: "viewer" }))
    .text;
const isThere = async (text: string) =>
  (await house.ctx.db.selectFrom("blobs").select("digest").where("digest", "=", digestOf(text)).execute()).length === 1;

test("a deleted run goes with all that it logged when its time is over, and what others have stays", async () => {
  const [gone, stays] = [await house.newRun(experiment), await house.newRun(experiment)];
  await put(gone, "own", "only here");
  await put(gone, "shared", "in both");
  await put(stays, "shared", "in both");
  const metrics = Array.from({ length: 900 }, (_, i) => ({ key: "loss", value: i, timestamp: 1 + i, step: i }));
  await house.post("/runs/log-batch", {
    ...{ run_id: gone, metrics, params: [{ key: "a", value: "1" }], tags: [{ key: "t", value: "1" }] },
  });
  await house.post("/runs/delete", { run_id: gone });

  expect((await collect(days(29))).removed).toEqual(nothingRemoved);
  await house.post("/runs/restore", { run_id: gone });
  expect(await read(gone, "own")).toBe("only here");
  await house.post("/runs/delete", { run_id: gone });

  const { found } = await collect(days(31), "dry-run");
  expect(found).toMatchObject({
    projects: [{ project: "flights", runs: 1, loggedModels: 0, experiments: 0, versions: 0 }],
    ...{ kept: 0, blobs: 1, bytes: 9, largest: [{ digest: digestOf("only here"), file: "flights: own" }] },
  });
  expect(await isThere("only here")).toBe(true);

  const { removed } = await collect(days(31));
  expect(removed).toEqual({ ...nothingRemoved, runs: 1, blobs: 1, bytes: 9 });
  expect((await house.get(`/runs/get?run_id=${gone}`)).status).toBe(404);
  expect(await read(stays, "shared")).toBe("in both");
  expect(await isThere("only here")).toBe(false);
  const rows = await ask<{ count: number }>(
    `select (select count(*) from metric_points where run_id = $1) + (select count(*) from store_writes)
      + (select count(*) from removed_runs) as count`,
    [gone],
  );
  expect(rows).toEqual([{ count: 0 }]);
  const told = await ask<{ data: object }>(
    `select data from ledger_events where type = 'collection.finished' order by time desc limit 1`,
  );
  expect(told[0]?.data).toMatchObject({ runs: 1, blobs: 1, bytes: 9, requestedBy: "ada" });
});

test("what names runs and models is found by an index, and a look takes no longer where there are many of them", async () => {
  const without = await ask<{ place: string }>(
    `select f.conrelid::regclass || '.' || a.attname as place from pg_constraint f
     join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
     where f.contype = 'f' and f.confrelid in ('tracked_runs'::regclass, 'logged_models'::regclass)
       and not exists (select from pg_index i where i.indrelid = f.conrelid and i.indkey[0] = f.conkey[1])`,
  );
  expect(without).toEqual([]);
  const own = await house.newExperiment();
  await ask(
    `insert into tracked_runs (run_id, experiment_id, name, principal_id, artifact_uri, lifecycle_stage, deleted_at)
     select md5('many' || n), $1, 'r', 'system', 'x', 'deleted', now() from generate_series(1, 200) n`,
    [own],
  );
  await ask(
    `insert into logged_models (model_id, experiment_id, name, artifact_uri, principal_id, source_run_id)
     select 'm-' || md5('many' || n), $1, 'm', 'x', 'system', case when n = 1 then md5('many1') end
     from generate_series(1, 5000) n`,
    [own],
  );
  await ask("analyze logged_models");
  const began = performance.now();
  const { found } = await collect(days(31), "dry-run");
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(found).toMatchObject({ projects: [{ project: "flights", runs: 199 }], kept: 1 });
  expect((await collect(days(31))).removed?.runs).toBe(199);
  await ask("delete from logged_models where experiment_id = $1", [own]);
  expect((await collect(days(31))).removed?.runs).toBe(1);
});

test("a deleted experiment goes with its runs and models, and its name is free again", async () => {
  const name = `study ${experiment}`;
  await house.post("/experiments/update", { experiment_id: experiment, new_name: name });
  const run = await house.newRun(experiment);
  await put(run, "file", "of the experiment");
  const model = await house.post("/logged-models", { experiment_id: experiment, name: "m", source_run_id: run });
  expect(model.status).toBe(200);
  await house.post("/experiments/delete", { experiment_id: experiment });
  expect((await house.post("/experiments/create", { name })).status).toBe(400);
  expect((await collect(days(31))).removed).toMatchObject({ runs: 1, loggedModels: 1, experiments: 1, blobs: 1 });
  expect((await house.post("/experiments/create", { name })).status).toBe(200);
});

test("what a registered version came from stays; files of a deleted version go", async () => {
  const run = await house.newRun(experiment);
  const mlmodel = `flavors: {}\nrun_id: ${run}\n`;
  await put(run, "model/MLmodel", mlmodel);
  const model = `m${experiment}`;
  await house.post("/registered-models/create", { name: model });
  const version = await house.post("/model-versions/create", {
    name: model,
    source: `runs:/${run}/model`,
    run_id: run,
  });
  expect(version.status).toBe(200);
  await house.post("/runs/delete", { run_id: run });
  const kept = await collect(days(31), "dry-run");
  expect(kept.found).toMatchObject({ projects: [], kept: 1, blobs: 0 });
  await collect(days(31));
  expect((await house.get(`/runs/get?run_id=${run}`)).status).toBe(200);

  await house.call("DELETE", "/mlflow/model-versions/delete", { as: "developer", body: { name: model, version: "1" } });
  // the work that was to check it named its files, and is over by then
  await ask("delete from work");
  expect((await collect(days(31))).removed).toMatchObject({ runs: 1, versions: 1, blobs: 1 });
});

test("bytes that anything names stay: a plan, the ledger, a setting", async () => {
  const { digest } = await house.artifacts.storeBytes(house.ctx, "evidence of a plan");
  await house.artifacts.storeBytes(house.ctx, "named by nobody");
  await ask("insert into platform_settings (name, value) values ('evidence', $1::jsonb)", [
    JSON.stringify({ deep: [digest] }),
  ]);
  expect((await collect(house.ctx)).removed).toEqual(nothingRemoved); // it came today
  expect((await collect(days(2))).removed).toMatchObject({ blobs: 1, bytes: 15 });
  expect(await house.artifacts.missingBlobs(house.ctx, [digest, digestOf("named by nobody")])).toEqual([
    digestOf("named by nobody"),
  ]);
});

test("an upload of the same bytes while they are collected never loses them", async () => {
  const run = await house.newRun(experiment);
  const later = days(3);
  const rules = { now: later.clock.now(), deletedDays: 30 };
  let collected = 0;
  await markBlobs(later, house.artifacts, null);
  for (let round = 0; round < 25; round += 1) {
    const text = `round ${round}`;
    await house.artifacts.storeBytes(house.ctx, text);
    const upload = async () => {
      const blob = await house.artifacts.storeBlob(later, Readable.from([Buffer.from(text)], { objectMode: false }));
      await putFile(later, run, { path: `r${round}`, ...blob });
    };
    const sweep = async () => {
      const swept = await sweepBatch(later, rules);
      collected += typeof swept === "string" ? 0 : swept.blobs;
      await house.artifacts.prune(later);
    };
    await Promise.all(round % 2 === 0 ? [upload(), sweep()] : [sweep(), upload()]);
    expect(await read(run, `r${round}`)).toBe(text);
  }
  expect(collected).toBeGreaterThan(0); // else nothing raced
});

test("one that is killed anywhere goes on, and nothing is left in the store", async () => {
  const run = await house.newRun(experiment);
  for (let file = 0; file < 5; file += 1) await put(run, `f${file}`, `killed ${file}`);
  await house.post("/runs/delete", { run_id: run });
  const later = days(31);
  const rules = { now: later.clock.now(), deletedDays: 30 };
  let at = { progress: null as string | null, removed: nothingRemoved };
  for (let steps = 0; at.progress !== "done" && steps < 60; steps += 1) {
    // done and not written down: the same batch is asked for again
    const { phase, removed } = await step(later, house.artifacts, rules, at);
    if (steps % 2 === 0) at = { progress: phase, removed };
  }
  expect(at.progress).toBe("done");
  expect((await house.get(`/runs/get?run_id=${run}`)).status).toBe(404);
  expect(await isThere("killed 3")).toBe(false);
  expect(await house.ctx.db.selectFrom("store_writes").select("key").execute()).toEqual([]);
});

test("points of a run that came back while those of its former self were to go stay", async () => {
  const run = await house.newRun(experiment);
  await house.post("/runs/log-batch", { run_id: run, metrics: [{ key: "m", value: 1, timestamp: 1, step: 1 }] });
  await ask("insert into removed_runs values ($1)", [run]);
  const rules = { now: new Date(), deletedDays: 30 };
  let at = { progress: "points" as string | null, removed: nothingRemoved };
  while (at.progress === "points") {
    const { phase, removed } = await step(house.ctx, house.artifacts, rules, at);
    at = { progress: phase, removed };
  }
  expect(await ask("select step from metric_points where run_id = $1", [run])).toHaveLength(1);
  expect(await ask("select from removed_runs")).toEqual([]);
});

test("nothing is taken from under a backup that is being made", async () => {
  await house.artifacts.storeBytes(house.ctx, "in the snapshot");
  const later = days(3);
  const rules = { now: later.clock.now(), deletedDays: 30 };
  await markBlobs(later, house.artifacts, null);
  const backup = await house.ctx.database.pool.connect();
  await backup.query("select pg_advisory_lock_shared($1)", [bytesInUse]);
  expect(await sweepBatch(later, rules)).toBe("a backup is being made");
  await backup.query("select pg_advisory_unlock_shared($1)", [bytesInUse]);
  backup.release();
  expect(await sweepBatch(later, rules)).toMatchObject({ blobs: expect.any(Number) });
  expect(await isThere("in the snapshot")).toBe(false);
});

test("marks of a look, or half of them, are not enough to take anything", async () => {
  await house.artifacts.storeBytes(house.ctx, "not marked");
  const later = days(3);
  const rules = { now: later.clock.now(), deletedDays: 30 };
  await markBlobs(later, house.artifacts, rules);
  expect(await sweepBatch(later, rules)).toBe("not marked");
  const { phase } = await step(later, house.artifacts, rules, { progress: "bytes", removed: nothingRemoved });
  expect(phase).toBe("marks");
  expect(await isThere("not marked")).toBe(true);
});

test("who marks slowly and was overtaken does not say that all is marked", async () => {
  const { digest } = await house.artifacts.storeBytes(house.ctx, "named, and marked late");
  await ask("insert into platform_settings (name, value) values ('late', $1::jsonb)", [JSON.stringify({ digest })]);
  // renderings are read last: by then another worker has begun anew, and is not through
  const manifest = await house.artifacts.storeBytes(house.ctx, "[]");
  await ask("update projects set rendering_digest = $1 where name = 'trains'", [manifest.digest]);
  const later = days(3);
  const slow = {
    async readBlob(...given: Parameters<typeof house.artifacts.readBlob>) {
      await ask("truncate collection_marks");
      return house.artifacts.readBlob(...given);
    },
  };
  await markBlobs(later, slow, null);
  expect(await sweepBatch(later, { now: later.clock.now(), deletedDays: 30 })).toBe("not marked");
  expect(await isThere("named, and marked late")).toBe(true);
  await ask("update projects set rendering_digest = null where name = 'trains'");
});

test("what an import left that nobody goes on with goes, and never while one is at work", async () => {
  await collect(days(400)); // of the tests above
  const project = house.projects.flights;
  const [run, finished] = [await house.newRun(experiment), await house.newRun(experiment)];
  await put(run, "half", "half a run");
  const waiting = await house.artifacts.storeBytes(house.ctx, "of a version");
  await putFile(house.ctx, `import ${project} iris/1`, { path: "MLmodel", ...waiting });
  await ask("update tracked_runs set lifecycle_stage = 'importing' where run_id = $1", [run]);
  await ask(
    `insert into imports (id, project_id, source, source_version, principal_id, started_at, last_at)
     values ('left', $1, 'http://mlflow.example', '3', 'system', now(), now())`,
    [project],
  );
  await ask(
    `insert into imported_items (project_id, kind, key, import_id, state, updated_at)
     values ($1, 'run', $2, 'left', 'copied', now()), ($1, 'run', $3, 'left', 'finished', now())`,
    [project, run, finished],
  );
  await ask("insert into project_retention values ($1, 0, null, now(), 'ada')", [project]);
  const leftOf = async (later: Ctx) => {
    const { found } = await collect(later, "dry-run");
    const { removed } = await collect(later);
    expect([found?.projects[0]?.runs ?? 0, found?.blobs]).toEqual([removed?.runs, removed?.blobs]);
    return removed;
  };
  expect(await leftOf(days(6))).toEqual(nothingRemoved); // deleted things go at once here, and these do not
  await putRetention(house.ctx, project, { deletedDays: null, runDays: null });
  expect(await leftOf(days(29))).toEqual(nothingRemoved);
  await ask("update imports set last_at = last_at + interval '5 days'"); // gone on with
  expect(await leftOf(days(31))).toEqual(nothingRemoved);
  expect(await leftOf(days(36))).toEqual({ ...nothingRemoved, runs: 1, blobs: 2, bytes: 22 });
  const items = await ask<{ key: string }>("select key from imported_items");
  expect(items).toEqual([{ key: finished }]);
  expect(await ask("select root from tracked_files where root like 'import %'")).toEqual([]);
  await ask("delete from imported_items; delete from imports");
});

test("a project may keep deleted things shorter, and say how old its runs become", async () => {
  const project = house.projects.flights;
  const [old, open] = [await house.newRun(experiment), await house.newRun(experiment)];
  await house.post("/runs/update", { run_id: old, status: "FINISHED", end_time: Date.now() });
  expect((await collect(days(400))).removed).toMatchObject({ runs: 0, outlivedRuns: 0 });
  await putRetention(house.ctx, project, { deletedDays: 7, runDays: 100 });
  expect((await collect(days(101))).removed).toMatchObject({ runs: 0, outlivedRuns: 1 });
  expect((await house.get(`/runs/get?run_id=${old}`)).body.run.info.lifecycle_stage).toBe("deleted");
  expect((await house.get(`/runs/get?run_id=${open}`)).body.run.info.lifecycle_stage).toBe("active");
  expect((await collect(days(109))).removed).toMatchObject({ runs: 1, outlivedRuns: 0 });
  await putRetention(house.ctx, project, { deletedDays: null, runDays: null });
});

test("every table that refers to what is removed is known to the removal", async () => {
  const rows = await ask<{ of: string; by: string }>(`
    select distinct confrelid::regclass::text as of, conrelid::regclass::text as by from pg_constraint
    where contype = 'f' and confrelid in ('tracked_runs'::regclass, 'logged_models'::regclass, 'experiments'::regclass)`);
  const referring = (of: string) =>
    rows
      .filter((row) => row.of === of)
      .map(({ by }) => by)
      .sort();
  expect(referring("tracked_runs")).toEqual([...ofRuns, "logged_models", "tracked_runs"].sort());
  expect(referring("logged_models")).toEqual([...ofModels, "model_versions"].sort());
  expect(referring("experiments")).toEqual([...ofExperiments, "logged_models", "tracked_runs"].sort());
});
