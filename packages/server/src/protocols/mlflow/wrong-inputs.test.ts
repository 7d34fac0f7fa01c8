import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMlflowHouse, type MlflowHouse } from "./testing/mlflow-house.ts";
import { createSamples, guardedRoutes, type Samples, sampleInput, sendSample } from "./testing/sample-requests.ts";

let house: MlflowHouse;
let samples: Samples;
beforeAll(async () => {
  house = await createMlflowHouse();
  samples = await createSamples(house);
});
afterAll(() => house.close());

/** In place of any field: what clients with a mistake in them send, and what others try. */
const wrong = {
  missing: undefined,
  "a number": 7,
  "a negative number": -1,
  "a text": "x",
  "an empty text": "",
  "an object": { a: [{ b: 1 }] },
  "a list of objects": [{}, { key: 1 }],
  "a character that no database takes": "a\u0000b",
  "a quote that ends": "x' or 1=1 --",
  "a long text": "y".repeat(600),
  "a huge number": 1e300,
};
const listed = Object.entries(wrong);

/** What a message never shows: statements, tables and places in the code. */
const inside =
  /\b(select|insert into|update|delete from) .*\b(from|set|values)\b|violates|relation "|column "|node_modules|\.ts:\d/i;

test.each(guardedRoutes.map((route) => [`${route.method} ${route.path}`, route] as const))(
  "%s answers wrong inputs in MLflow's form, never as if the server had failed",
  async (_, route) => {
    const input = sampleInput(route, samples);
    // what removes things would leave nothing for the others
    const harmful = /delete|transition|rename/.test(route.path) || route.method === "DELETE";
    const names = harmful ? [] : Object.keys(input);
    const asked = [
      ...names.flatMap((name) =>
        listed.map(([what, value]) => [`${name}: ${what}`, { ...input, [name]: value }] as const),
      ),
      ...listed.map(
        ([what, value]) =>
          [`all: ${what}`, Object.fromEntries(Object.keys(input).map((name) => [name, value]))] as const,
      ),
    ];
    // one field at a time takes long for routes that read only some of them: a part of these, always the same
    const chosen = asked.filter(
      (_, index) => index % 7 === route.path.length % 7 || index >= asked.length - listed.length,
    );
    for (const [what, body] of chosen) {
      const answer = await sendSample(house, samples, route, { as: "developer", input: body });
      // what a store without a bucket cannot do clients do in another way
      if (answer.status === 200 || answer.body.error_code === "NOT_IMPLEMENTED") continue;
      expect([what, answer.text, answer.status < 500 && answer.status !== 408 && answer.status !== 429]).toEqual([
        ...[what, answer.text, true],
      ]);
      expect(answer.body, what).toEqual({
        error_code: expect.stringMatching(/^[A-Z_]+$/),
        message: expect.any(String),
      });
      expect(answer.body.message, what).not.toMatch(inside);
    }
  },
);

test.each([
  ["no JSON", "{", "application/json", "BAD_REQUEST"],
  ["a list", "[]", "application/json", "BAD_REQUEST"],
  ["a text", '"x"', "application/json", "BAD_REQUEST"],
  ["a form", "a=b", "application/x-www-form-urlencoded", "BAD_REQUEST"],
  ["too deep", `${'{"a":'.repeat(100)}1${"}".repeat(100)}`, "application/json", "BAD_REQUEST"],
])("a body that is %s is refused", async (_, body, type, code) => {
  for (const path of ["/runs/create", "/runs/log-batch", "/registered-models/create", "/webhooks"]) {
    const answer = await house.call("POST", `/mlflow${path}`, {
      ...{ as: "developer", body, headers: { "content-type": type } },
    });
    expect([path, answer.status, answer.body.error_code]).toEqual([path, 400, code]);
  }
});

test("an address as long as a thousand ids is read, and one that is longer still is refused in MLflow's form", async () => {
  const ids = (count: number) => Array.from({ length: count }, () => `run_ids=${samples.run_id}`).join("&");
  expect((await house.get(`/metrics/get-history-bulk-interval?metric_key=m&${ids(90)}`)).status).toBe(200);
  expect((await house.get(`/metrics/get-history-bulk-interval?metric_key=m&${ids(1000)}`)).body.error_code).toBe(
    "INVALID_PARAMETER_VALUE",
  );
  expect(
    await raw(`GET /api/2.0/mlflow/runs/get?run_id=${"a".repeat(300_000)} HTTP/1.1\r\nhost: x\r\n\r\n`),
  ).toMatchObject({
    error_code: "INVALID_PARAMETER_VALUE",
    message: expect.stringContaining("more than 256 KiB"),
    error: { code: "request.invalid" },
  });
});

test.each([
  ["another protocol", "GET /api/2.0/mlflow/runs/get SIP/2.0\r\n\r\n"],
  ["a header without a name", "GET /api/2.0/mlflow/runs/get HTTP/1.1\r\n: x\r\n\r\n"],
  ["two lengths", "POST /api/2.0/mlflow/runs/create HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx"],
])("what is no HTTP (%s) is refused in MLflow's form", async (_, bytes) => {
  expect(await raw(bytes)).toEqual({ error_code: "INVALID_PARAMETER_VALUE", message: expect.stringMatching(/HTTP/) });
});

/** The JSON that comes back for these bytes. */
async function raw(bytes: string): Promise<unknown> {
  const socket = connect(Number(new URL(house.url).port), "127.0.0.1");
  socket.write(bytes);
  const answer = await text(socket);
  return JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")));
}
