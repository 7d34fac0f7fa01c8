import { afterAll, beforeAll, expect, test } from "vitest";
import { json } from "../db/column-types.ts";
import type { Ctx } from "../db/context.ts";
import { getRegistryModel, getVersion, registerVersion, renameModel } from "../modules/models/index.ts";
import { codeOf, createModelsHouse, type ModelsHouse, newVersion } from "../modules/models/testing/models-house.ts";
import { modelNames } from "./links.ts";

let house: ModelsHouse;
let ctx: Ctx;
beforeAll(async () => {
  house = await createModelsHouse();
  ctx = house.ctx;
  await registerVersion(ctx, newVersion({ attemptId: "t1" }));
  await ctx.db
    .insertInto("environments")
    .values({ name: "staging", spec: json({}), source: "", updated_by: "system" })
    .execute();
  await ctx.db
    .insertInto("deployments")
    .values({ id: "d1", project_id: "flights", environment: "staging", name: "late", kind: "online" })
    .execute();
  await ctx.db
    .insertInto("revisions")
    .values({
      ...{ id: "n1", project_id: "flights", number: 1, digest: "sha256:1", files: json([]) },
      ...{ file_count: 0, bytes: 0, created_by: "u1" },
    })
    .execute();
});
afterAll(() => house.close());

const rename = async (from: string, to: string) => renameModel(ctx, modelNames, await getRegistryModel(ctx, from), to);
const messageOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: Error) => error.message,
  );
const release = (state: "active" | "superseded") =>
  ctx.db
    .insertInto("releases")
    .values({
      ...{ id: "r1", deployment_id: "d1", number: 1, revision_id: "n1", model: "flights", model_version: 1 },
      ...{ model_digest: "sha256:1", state, created_by: "u1" },
    })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ state }))
    .execute();
const plan = (state: "open" | "cancelled") =>
  ctx.db
    .insertInto("plans")
    .values({
      ...{ id: "p1", project_id: "flights", number: 4, environment: "staging", title: "t", request: json({}) },
      ...{ reads: json([{ thing: "model flights version 1", version: "READY" }]), hash: "h", author: "u1", state },
    })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ state }))
    .execute();
const spec = (name: string) =>
  ctx.db
    .updateTable("revisions")
    .set({
      spec: json({
        ...{ apiVersion: "pave/v1", kind: "project", name: "flights", owner: "ops", tier: "internal" },
        models: { [name]: { from: "train.train.model" } },
      }),
    })
    .where("id", "=", "n1")
    .execute();

test("a model keeps its name while something live has it, and whoever asks hears what", async () => {
  await release("active");
  expect(await messageOf(rename("flights", "delays"))).toBe(
    "Model flights cannot be renamed: late in staging serves it",
  );
  await release("superseded");
  await plan("open");
  expect(await messageOf(rename("flights", "delays"))).toBe("Model flights cannot be renamed: plan 4 is about it");
  await plan("cancelled");
  await spec("flights");
  expect(await messageOf(rename("flights", "delays"))).toBe("Model flights cannot be renamed: pave.yaml names it");
  await spec("delays");
  await registerVersion(ctx, newVersion({ model: "taken", attemptId: "t2" }));
  expect(await codeOf(rename("flights", "taken"))).toBe("model.exists");
  await registerVersion(ctx, newVersion({ model: "elsewhere", projectId: "trains", attemptId: "t3" }));
  expect(await codeOf(rename("flights", "elsewhere"))).toBe("model.invalid");
  expect((await getVersion(ctx, "flights", "1")).version).toBe(1);
});

test("everything that has its name gets the new one", async () => {
  const model = { project: "flights", model: "flights" };
  await house.call("setAlias", { params: { ...model, alias: "champion" }, body: { version: "1" } });
  for (const version of [null, 1])
    await ctx.db.insertInto("model_tags").values({ model: "flights", version, key: "k", value: "v" }).execute();
  await ctx.db
    .insertInto("comments")
    .values({
      ...{ id: "c1", project_id: "flights", subject: "model/flights/1", text: "t", author: "u1" },
      created_at: new Date(),
    })
    .execute();
  const reviewed = { id: "w1", project_id: "flights", model: "flights", version: 1, environment: "staging" };
  await ctx.db
    .insertInto("reviews")
    .values({ ...reviewed, state: "open", questions: json([]), requested_by: "u1", requested_at: new Date() })
    .execute();
  await registerVersion(ctx, newVersion({ check: null }));
  const { artifactId } = await getVersion(ctx, "flights", "2");
  await ctx.db.updateTable("model_versions").set({ check_asked_at: new Date() }).where("version", "=", 2).execute();

  expect(await rename("flights", "delays")).toMatchObject({
    name: "delays",
    aliases: { champion: 1 },
    tags: { k: "v" },
  });
  expect((await getVersion(ctx, "delays", "champion")).version).toBe(1);
  expect(await codeOf(getVersion(ctx, "flights", "1"))).toBe("model.not_found");
  const named = await Promise.all([
    ctx.db.selectFrom("releases").select("model as name").execute(),
    ctx.db.selectFrom("reviews").select("model as name").execute(),
    ctx.db.selectFrom("model_tags").select("model as name").execute(),
    ctx.db.selectFrom("comments").select("subject as name").execute(),
    ctx.db.selectFrom("work").select("owner_id as name").execute(),
  ]);
  expect(named.map((rows) => rows.map(({ name }) => name))).toEqual([
    ["delays"],
    ["delays"],
    ["delays", "delays"],
    ["model/delays/1"],
    [`${artifactId} delays@2`],
  ]);
  const event = await ctx.db
    .selectFrom("ledger_events")
    .select(["subject_id as subject", "data"])
    .where("type", "=", "model.renamed")
    .execute();
  expect(event).toEqual([{ subject: "delays", data: { from: "flights", model: "delays" } }]);
  // who set which alias is still known, also when the old name is another's now, and after renaming it back and forth
  const changes = async (name: string) =>
    (
      (await house.call("listAliasChanges", { params: { ...model, model: name }, query: { limit: 9 } })) as {
        items: { alias: string; version: string }[];
      }
    ).items.map(({ alias, version }) => [alias, version]);
  expect(await changes("delays")).toEqual([["champion", "1"]]);
  await registerVersion(ctx, newVersion({ attemptId: "t4" }));
  expect(await changes("flights")).toEqual([]);
});
