import {
  modelSchema,
  modelVersionSchema,
  modelVersionSummarySchema,
  type VersionProfile,
  versionProfileSchema,
} from "@pave/contract";
import { ProfileBuilder } from "@pave/contract/drift";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Ctx } from "../../db/context.ts";
import { beginProfile, failProfile, finishProfile, getVersion, latestReadyVersion, registerVersion } from "./index.ts";
import {
  codeOf,
  createModelsHouse,
  type ModelsHouse,
  modelRelease,
  modelReport as report,
  newVersion as version,
} from "./testing/models-house.ts";

let house: ModelsHouse;
let ctx: Ctx;
const call: ModelsHouse["call"] = (name, input) => house.call(name, input);

beforeAll(async () => {
  house = await createModelsHouse();
  ctx = house.ctx;
});
afterAll(() => house.close());

test("versions count from one, and what an attempt made is registered once, also by two at a time", async () => {
  expect((await registerVersion(ctx, version({ attemptId: "t1" }))).version.version).toBe(1);
  const twice = await Promise.all([1, 2, 3].map(() => registerVersion(ctx, version({ attemptId: "t2" }))));
  expect(twice.map((result) => result.version.version)).toEqual([2, 2, 2]);
  expect(twice.filter((result) => result.created)).toHaveLength(1);
  expect((await latestReadyVersion(ctx, "flights"))?.version).toBe(2);
  const events = await ctx.db
    .selectFrom("ledger_events")
    .select("subject_id as id")
    .where("type", "=", "model.registered")
    .execute();
  expect(events.map((event) => event.id)).toEqual(["flights@1", "flights@2"]);
});

test("a name belongs to the project that came first", async () => {
  const error = await registerVersion(ctx, version({ projectId: "trains" })).catch((error: unknown) => error);
  expect(error).toMatchObject({
    code: "model.invalid",
    message: "The model name flights belongs to the project flights",
  });
});

test("aliases point at one version each, follow the rules of MLflow, and can be read through", async () => {
  const params = { project: "flights", model: "flights" };
  await call("setAlias", { params: { ...params, alias: "champion" }, body: { version: "1" } });
  const moved = await call("setAlias", { params: { ...params, alias: "champion" }, body: { version: "2" } });
  expect(modelSchema.parse(moved)).toMatchObject({ aliases: { champion: "2" }, latestVersion: "2", versions: 2 });
  expect((await getVersion(ctx, "flights", "champion")).version).toBe(2);
  expect(await codeOf(call("setAlias", { params: { ...params, alias: "v7" }, body: { version: "1" } }))).toBe(
    "model.alias_invalid",
  );
  expect(await codeOf(call("setAlias", { params: { ...params, alias: "x" }, body: { version: "9" } }))).toBe(
    "model.version_not_found",
  );
  await call("deleteAlias", { params: { ...params, alias: "champion" } });
  await call("deleteAlias", { params: { ...params, alias: "champion" } });
  expect(await codeOf(getVersion(ctx, "flights", "champion"))).toBe("model.version_not_found");
  expect(await codeOf(getVersion(ctx, "nothing", "1"))).toBe("model.not_found");
});

test("models and versions are listed with what is live, page by page", async () => {
  const models = (await call("listModels", { params: { project: "flights" } })) as { items: unknown[] };
  expect(models.items.map((item) => modelSchema.parse(item).name)).toEqual(["flights"]);
  const list = async (query: { limit: number; before?: string }) => {
    const page = (await call("listModelVersions", { params: { project: "flights", model: "flights" }, query })) as {
      items: unknown[];
      next: string | null;
    };
    return { items: page.items.map((item) => modelVersionSummarySchema.parse(item)), next: page.next };
  };
  const first = await list({ limit: 1 });
  expect(first.items).toMatchObject([
    { version: "2", live: [{ environment: "staging", deployment: "late" }], createdBy: { name: "ada" } },
  ]);
  const second = await list({ limit: 1, before: first.next ?? "" });
  expect(second).toMatchObject({ items: [{ version: "1", live: [] }], next: null });
});

test("a version is shown as the contract says, with its evaluation's report", async () => {
  const shown = await call("getModelVersion", { params: { project: "flights", model: "flights", version: "latest" } });
  expect(modelVersionSchema.parse(shown)).toMatchObject({
    version: "2",
    card: "# Card",
    inputExample: { delay: 3 },
    check: { rows: 3, maxDifference: 0, loadMs: 1, p50Ms: 1 },
    artifact: { id: "a1", files: [{ path: "MLmodel" }] },
    evaluation: { artifact: null, testDigest: null, report },
    releases: [modelRelease],
    lineage: { run: null, revision: null },
  });
  expect(await codeOf(call("getModelVersion", { params: { project: "trains", model: "flights", version: "1" } }))).toBe(
    "model.not_found",
  );
});

test("what a client registered, which nobody has loaded and scored, is released only by name", async () => {
  await registerVersion(ctx, version({ model: "logged", check: null }));
  expect(await latestReadyVersion(ctx, "logged")).toBeUndefined();
  expect((await getVersion(ctx, "logged", "1")).version).toBe(1);
});

test("a version shows what it was trained on column by column, and without that why it has none", async () => {
  const { version: number } = (await registerVersion(ctx, version({ attemptId: "profiled" }))).version;
  const key = { model: "flights", version: number };
  const show = async () =>
    versionProfileSchema.parse(
      await call("getVersionProfile", { params: { project: "flights", model: "flights", version: String(number) } }),
    ) satisfies VersionProfile;
  const nothing = { rows: 0, predictions: "none", prediction: null, columns: [] };
  expect(await show()).toEqual({ ...nothing, state: "none", message: expect.stringContaining("a client of MLflow") });

  await beginProfile(ctx, { ...key, projectId: "flights" });
  expect(await show()).toEqual({ ...nothing, state: "making", message: "" });
  await failProfile(ctx, key, "pave.yaml names no reference under monitor.drift");
  expect(await show()).toMatchObject({ state: "failed", message: "pave.yaml names no reference under monitor.drift" });

  const builder = new ProfileBuilder(
    [
      { name: "delay", kind: "numeric" },
      { name: "carrier", kind: "categorical" },
      { name: "always", kind: "categorical" },
    ],
    { prediction: "numeric" },
  );
  for (let row = 0; row < 1000; row += 1)
    builder.add({ delay: row < 100 ? null : row, carrier: `c${row % 30}`, always: "yes" }, row / 1000);
  const made = {
    profile: builder.build(),
    artifactId: "a2",
    predictionSource: "held-out",
    message: "all of it",
  } as const;
  await finishProfile(ctx, key, made);
  const shown = await show();
  expect(shown).toMatchObject({ state: "ready", message: "all of it", rows: 1000, predictions: "held-out" });
  expect(shown.prediction).toMatchObject({ column: "prediction", kind: "numeric", missing: 0 });
  expect(shown.columns).toMatchObject([
    { column: "delay", missing: 0.1, flags: [], rest: null, numbers: { min: 100, max: 999, mean: 549.5 } },
    { column: "carrier", missing: 0, rest: { categories: 6, share: expect.closeTo(6 / 30, 2) }, numbers: null },
    { column: "always", flags: ["constant"], bars: [{ label: "yes", share: 1 }] },
  ]);
  expect(shown.columns.map(({ bars }) => bars.length)).toEqual([20, 24, 1]);
  await expect(
    call("getVersionProfile", { params: { project: "trains", model: "flights", version: "1" } }),
  ).rejects.toMatchObject({ code: "model.not_found" });
});

test("a version that a run has just registered has its profile made, one of long ago never gets any", async () => {
  const made = await registerVersion(ctx, version({ attemptId: "fresh", runId: "r1" }));
  const params = { project: "flights", model: "flights", version: String(made.version.version) };
  expect(await call("getVersionProfile", { params })).toMatchObject({ state: "making", message: "" });
  await ctx.db
    .updateTable("model_versions")
    .set({ created_at: new Date(Date.now() - 31 * 24 * 3_600_000) })
    .where("version", "=", made.version.version)
    .where("model", "=", "flights")
    .execute();
  expect(await call("getVersionProfile", { params })).toMatchObject({
    state: "none",
    message: expect.stringContaining("none will be; run the pipeline again"),
  });
});
