import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiHouse, createApiHouse } from "./api-house.ts";

let house: ApiHouse;
let viewer: string;
let developer: string;
const name = async (from: string, to: unknown, token = developer) =>
  house.send("POST", `/api/v1/projects/birds/models/${encodeURIComponent(from)}/rename`, token, { name: to });
const register = (model: string, project: string) =>
  house.ctx.db.insertInto("registered_models").values({ name: model, project_id: project }).execute();

beforeAll(async () => {
  house = await createApiHouse();
  const { id: birds } = await house.project("birds");
  const { id: fish } = await house.project("fish");
  viewer = (await house.person("ada", { birds: "viewer", fish: "viewer" })).token;
  developer = (await house.person("bob", { birds: "developer", fish: "viewer" })).token;
  for (const model of ["owl", "jay"]) await register(model, birds);
  await register("eel", fish);
});
afterAll(() => house.close());

test("a model is renamed by whoever may change it", async () => {
  expect((await name("owl", "barn owl ☂", viewer)).status).toBe(403);
  const { status, body } = await name("owl", "barn owl ☂");
  expect({ status, body }).toMatchObject({ status: 200, body: { name: "barn owl ☂", project: "birds", versions: 0 } });
  const { body: known } = await house.send("GET", "/api/v1/projects/birds/models", viewer);
  expect(known.items.map(({ name }: { name: string }) => name)).toEqual(["barn owl ☂", "jay"]);
  expect((await name("owl", "owl")).status).toBe(404);
  expect((await name("barn owl ☂", "barn owl ☂")).status).toBe(200);
  expect((await name("barn owl ☂", "owl")).body).toMatchObject({ name: "owl" });
});

test.each<[string, unknown, number, string]>([
  ["owl", "", 400, "expected at least 1 character"],
  ["owl", "a/b", 400, "must not have /, : or control characters in it"],
  ["owl", "a:b", 400, "must not have /, :"],
  ["owl", "a\u0000b", 400, "control characters"],
  ["owl", "\ud83d", 400, "must not have"],
  ["owl", "x".repeat(257), 400, "expected at most 256 characters"],
  ["owl", 7, 400, "name"],
  ["owl", "jay", 409, "already exists"],
  ["owl", "eel", 422, "belongs to another project"],
  ["eel", "ray", 404, "There is no model eel in this project"],
  ["nothing", "ray", 404, "There is no model nothing in this project"],
])("%s does not become %j", async (from, to, status, message) => {
  const answer = await name(from, to);
  expect(answer.status).toBe(status);
  expect(JSON.stringify(answer.body)).toContain(message);
  expect((await house.send("GET", "/api/v1/projects/birds/models/owl", viewer)).status).toBe(200);
});
