import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inTransaction } from "../../db/context.ts";
import { createModel, setAlias } from "../../modules/models/index.ts";
import { createMlflowHouse, type MlflowHouse } from "./testing/mlflow-house.ts";

let house: MlflowHouse;
let server: Server;
let url: string;
/** What the receiver answers, and what it was sent. */
let status = 200;
const received: { headers: Record<string, string>; body: string }[] = [];

beforeAll(async () => {
  house = await createMlflowHouse();
  server = createServer(async (request, response) => {
    received.push({ headers: request.headers as Record<string, string>, body: await text(request) });
    response.writeHead(status).end("taken");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/T0KEN`;
});
afterAll(async () => {
  await house.close();
  server.close();
});

const event = (entity: string, action: string) => ({ entity, action });
const all = [
  event("REGISTERED_MODEL", "CREATED"),
  event("MODEL_VERSION", "CREATED"),
  event("MODEL_VERSION_TAG", "SET"),
  event("MODEL_VERSION_TAG", "DELETED"),
  event("MODEL_VERSION_ALIAS", "CREATED"),
  event("MODEL_VERSION_ALIAS", "DELETED"),
];
const create = async (over: object = {}) =>
  house.post("/webhooks", { name: "hook", url, events: all, secret: "s3cr3t", ...over });
const change = (method: string, id: string, body?: object) =>
  house.call(method, `/mlflow/webhooks/${id}`, { as: "developer", body });
const codeOf = ({ status, body }: { status: number; body: { error_code: string } }) => [status, body.error_code];
/** What was sent by one round of the worker. */
async function sent() {
  received.length = 0;
  await house.webhooks.deliver(house.ctx);
  await house.webhooks.settled();
  return received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
}

test("webhooks are made, listed page by page, read, changed and deleted, and never show their secret", async () => {
  const { body } = await create({ description: "of the team" });
  expect(body.webhook).toEqual({
    ...{ webhook_id: expect.any(String), name: "hook", description: "of the team", url, events: all },
    ...{ status: "ACTIVE", creation_timestamp: expect.any(Number), last_updated_timestamp: expect.any(Number) },
    workspace: "flights",
  });
  const id = body.webhook.webhook_id as string;
  const other = (await create({ name: "other", status: 2, secret: "" })).body.webhook;
  expect(other.status).toBe("DISABLED");
  const first = (await house.get("/webhooks?max_results=1")).body;
  const second = (await house.get(`/webhooks?max_results=1&page_token=${first.next_page_token}`)).body;
  expect([first, second].map(({ webhooks }) => webhooks[0].name)).toEqual(["other", "hook"]);
  expect(second.next_page_token).toBeUndefined();
  expect((await house.get(`/webhooks/${id}`)).text).not.toContain("s3cr3t");
  const stored = await house.ctx.db.selectFrom("model_webhooks").select("secret").where("id", "=", id).execute();
  expect(JSON.stringify(stored)).not.toContain("s3cr3t");
  const renamed = await change("PATCH", id, { webhook_id: id, name: "renamed", description: "", status: "DISABLED" });
  expect(renamed.body.webhook).toMatchObject({ name: "renamed", status: "DISABLED", events: all });
  expect(renamed.body.webhook.description).toBeUndefined();
  for (const one of [id, other.webhook_id]) expect((await change("DELETE", one)).body).toEqual({});
  expect(codeOf(await house.get(`/webhooks/${id}`))).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
  const facts = await house.ctx.db
    .selectFrom("ledger_events")
    .select(["type", "data"])
    .where("subject_id", "=", id)
    .execute();
  expect(facts.map(({ type }) => type)).toEqual(["webhook.created", "webhook.updated", "webhook.deleted"]);
  expect(JSON.stringify(facts)).not.toContain("T0KEN");
});

test.each([
  ["no event", { events: [] }, "events"],
  ["an event that there is not", { events: [event("MODEL_VERSION", "EXCEEDED")] }, "is no event of a webhook"],
  ["a name with a blank", { name: "a b" }, "must start and end with a letter"],
  ["a URL of another kind", { url: "ftp://example.com" }, "expected a URL of http or https"],
  ["a URL with a password", { url: "https://a:b@example.com" }, "without a name and a password"],
  ["an address of the server's network", { url: "http://10.0.0.1/x" }, "10.0.0.1 is no public address"],
  ["the metadata service of a cloud", { url: "http://169.254.169.254/latest" }, "is no public address"],
])("%s is refused", async (_, over, message) => {
  const answer = await create(over);
  expect(codeOf(answer)).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  expect(answer.body.message).toContain(message);
});

test("what happens to models of the project is told, signed, to webhooks that want to hear of it", async () => {
  const { webhook_id: id } = (await create()).body.webhook;
  await create({ name: "elsewhere", url: `${url}/deaf`, events: [event("MODEL_VERSION", "CREATED")] });
  const model = { name: "forest", tags: [{ key: "a", value: "b" }], description: "trees" };
  await house.post("/registered-models/create", model);
  await house.post("/registered-models/create", { name: "theirs" }, "stranger");
  const told = await sent();
  expect(told).toEqual([
    {
      ...{ entity: "registered_model", action: "created", workspace: "flights" },
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/),
      data: { name: "forest", tags: { a: "b" }, description: "trees" },
    },
  ]);
  const { headers, body } = received[0] ?? { headers: {}, body: "" };
  const signed = `${headers["x-mlflow-delivery-id"]}.${headers["x-mlflow-timestamp"]}.${body}`;
  expect(headers["x-mlflow-signature"]).toBe(`v1,${createHmac("sha256", "s3cr3t").update(signed).digest("base64")}`);
  expect(Math.abs(Number(headers["x-mlflow-timestamp"]) - Date.now() / 1000)).toBeLessThan(60);
  expect(await sent()).toEqual([]);

  const experiment_id = await house.newExperiment();
  const run_id = await house.newRun(experiment_id);
  const file = `/mlflow-artifacts/artifacts/${experiment_id}/${run_id}/artifacts/m/MLmodel`;
  await house.call("PUT", file, { as: "developer", body: "flavors: { python_function: {} }\n" });
  const version = { name: "forest", source: `runs:/${run_id}/m`, run_id, tags: [{ key: "t", value: "1" }] };
  expect((await house.post("/model-versions/create", version)).status).toBe(200);
  const one = { name: "forest", version: "1" };
  await house.post("/model-versions/set-tag", { ...one, key: "ok", value: "yes" });
  for (let time = 0; time < 2; time += 1)
    await house.call("DELETE", "/mlflow/model-versions/delete-tag", { as: "developer", body: { ...one, key: "ok" } });
  await house.post("/registered-models/alias", { ...one, alias: "champion" });
  for (let time = 0; time < 2; time += 1)
    await house.call("DELETE", "/mlflow/registered-models/alias", {
      ...{ as: "developer", body: { name: "forest", alias: "champion" } },
    });
  await sent();
  await sent();
  const facts = await house.ctx.db
    .selectFrom("model_webhook_deliveries")
    .select(["event", "data", "state"])
    .where("webhook_id", "=", id)
    .orderBy("created_at")
    .execute();
  const source = `runs:/${run_id}/m`;
  expect(facts.slice(1)).toEqual(
    [
      ["model_version.created", { ...one, source, run_id, tags: { t: "1" }, description: "" }],
      ["model_version_tag.set", { ...one, key: "ok", value: "yes" }],
      ["model_version_tag.deleted", { ...one, key: "ok" }],
      ["model_version_alias.created", { ...one, alias: "champion" }],
      ["model_version_alias.deleted", { name: "forest", alias: "champion" }],
    ].map(([event, data]) => ({ event, data, state: "delivered" })),
  );
  await change("DELETE", id);
});

test("nothing is told of what did not happen, nor to a webhook that is turned off", async () => {
  const { webhook_id: id } = (await create()).body.webhook;
  const undone = inTransaction(house.ctx, async (ctx) => {
    await createModel(ctx, { projectId: house.projects.flights, name: "undone", description: "", tags: {} });
    throw new Error("it was not to be");
  });
  await expect(undone).rejects.toThrow("it was not to be");
  await house.post("/registered-models/create", { name: "forest" });
  await change("PATCH", id, { status: "DISABLED" });
  await house.post("/registered-models/create", { name: "quiet" });
  expect(await sent()).toEqual([]);
  await change("DELETE", id);
});

test("a receiver that fails is asked again later, until a day has passed; the ledger says that it was given up", async () => {
  const { webhook_id: id } = (await create({ name: "down" })).body.webhook;
  status = 500;
  await house.post("/registered-models/create", { name: "unheard" });
  expect(await sent()).toHaveLength(1);
  const firstId = received[0]?.headers["x-mlflow-delivery-id"];
  expect(await sent()).toHaveLength(0);
  const row = async () =>
    house.ctx.db
      .selectFrom("model_webhook_deliveries")
      .select(["state", "attempts", "next_at as nextAt", "last_error as error"])
      .where("webhook_id", "=", id)
      .executeTakeFirstOrThrow();
  const first = await row();
  expect(first).toMatchObject({ state: "waiting", attempts: 1, error: "expected an answer below 400, found 500" });
  expect(first.nextAt.getTime()).toBeGreaterThan(Date.now());
  await house.ctx.db
    .updateTable("model_webhook_deliveries")
    .set({ attempts: 10, next_at: new Date(0) })
    .where("webhook_id", "=", id)
    .execute();
  await sent();
  expect(received[0]?.headers["x-mlflow-delivery-id"]).toBe(firstId);
  expect((await row()).state).toBe("failed");
  const given = await house.ctx.db
    .selectFrom("ledger_events")
    .select(["subject_id as subject", "result"])
    .where("type", "=", "webhook.given-up")
    .execute();
  expect(given).toEqual([{ subject: id, result: "failed" }]);
  status = 200;
  await change("DELETE", id);
});

test("a test sends an example at once, and says what was answered", async () => {
  const { webhook_id: id } = (await create({ events: [event("MODEL_VERSION_ALIAS", "CREATED")], status: "DISABLED" }))
    .body.webhook;
  received.length = 0;
  const ask = async (body: object = {}) => (await house.post(`/webhooks/${id}/test`, { webhook_id: id, ...body })).body;
  expect(await ask()).toEqual({ result: { success: true, response_status: 200, response_body: "taken" } });
  expect(JSON.parse(received[0]?.body ?? "")).toMatchObject({
    ...{ entity: "model_version_alias", action: "created", workspace: "flights" },
    data: { name: "example_model", alias: "example_alias", version: "1" },
  });
  await ask({ event: event("MODEL_VERSION_TAG", "DELETED") });
  expect(JSON.parse(received[1]?.body ?? "").data).toEqual({ name: "example_model", version: "1", key: "example_key" });
  status = 404;
  expect(await ask()).toMatchObject({ result: { success: false, response_status: 404 } });
  status = 200;
  await change("PATCH", id, { url: "http://127.0.0.1:9/closed" });
  expect(await ask()).toEqual({ result: { success: false, error_message: expect.stringContaining("127.0.0.1:9") } });
});

test("webhooks of another project are unknown, and readers of this one are told that they may not", async () => {
  const { webhook_id: id } = (await create({ name: "mine" })).body.webhook;
  expect(codeOf(await house.get(`/webhooks/${id}`, "stranger"))).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
  expect(codeOf(await house.get(`/webhooks/${id}`, "viewer"))).toEqual([403, "PERMISSION_DENIED"]);
  expect((await house.get("/webhooks", "stranger")).body.webhooks).toEqual([]);
});

test("an alias that the platform itself moves is told as well", async () => {
  const { webhook_id: id } = (await create({ events: [event("MODEL_VERSION_ALIAS", "CREATED")] })).body.webhook;
  await setAlias(house.ctx, { projectId: house.projects.flights, model: "forest", alias: "production", version: "1" });
  const query = house.ctx.db.selectFrom("model_webhook_deliveries").select("data").where("webhook_id", "=", id);
  expect(await query.execute()).toEqual([{ data: { name: "forest", alias: "production", version: "1" } }]);
});
