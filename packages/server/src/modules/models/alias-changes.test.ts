import { aliasChangeSchema, pageOf } from "@pave/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { getRegistryModel, getRegistryVersion } from "./index.ts";
import { registerVersion } from "./register-version.ts";
import { deleteModel, deleteVersion } from "./registry-models.ts";
import { createModelsHouse, type ModelsHouse, newVersion } from "./testing/models-house.ts";

let house: ModelsHouse;
beforeAll(async () => {
  house = await createModelsHouse();
});
afterAll(() => house.close());

const model = { project: "flights", model: "flights" };
const changes = async (query: object = {}) =>
  pageOf(aliasChangeSchema).parse(
    await house.call("listAliasChanges", { params: model, query: { limit: 50, ...query } }),
  );
const point = (alias: string, version: string) =>
  house.call("setAlias", { params: { ...model, alias }, body: { version } });

test("who pointed an alias where, and what it named before, newest first and page by page", async () => {
  for (const attemptId of ["t1", "t2"]) await registerVersion(house.ctx, newVersion({ attemptId }));
  await point("champion", "1");
  await point("rival", "2");
  await point("champion", "2");
  await house.call("deleteAlias", { params: { ...model, alias: "champion" } });
  const { items, next } = await changes();
  expect(items.map(({ alias, before, version }) => [alias, before, version])).toEqual([
    ["champion", "2", null],
    ["champion", "1", "2"],
    ["rival", null, "2"],
    ["champion", null, "1"],
  ]);
  expect(items[0]?.by).toEqual({ id: "u1", kind: "user", name: "ada" });
  expect(next).toBeNull();

  const first = await changes({ limit: 3 });
  expect(await changes({ limit: 3, before: first.next })).toEqual({ items: items.slice(3), next: null });
});

test("an alias goes with its version, and a model that comes after another has a history of its own", async () => {
  await deleteVersion(house.ctx, await getRegistryVersion(house.ctx, "flights", 2), async () => false);
  expect((await changes()).items[0]).toMatchObject({ alias: "rival", before: "2", version: null });
  await deleteModel(house.ctx, await getRegistryModel(house.ctx, "flights"), async () => false);
  await registerVersion(house.ctx, newVersion({ attemptId: "t3" }));
  expect((await changes()).items).toEqual([]);
});
