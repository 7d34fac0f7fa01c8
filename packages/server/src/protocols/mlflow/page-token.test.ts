import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMlflowHouse, type MlflowHouse } from "./testing/mlflow-house.ts";

let house: MlflowHouse;
let experiment: string;
let run: string;
beforeAll(async () => {
  house = await createMlflowHouse();
  experiment = await house.newExperiment("first");
  await house.newExperiment("second");
  run = await house.newRun(experiment);
  await house.newRun(experiment);
  const points = [1, 2, 3].map((step) => ({ key: "m", value: step, timestamp: step, step }));
  await house.post("/runs/log-batch", { run_id: run, metrics: points });
  for (const name of ["one", "two"]) {
    await house.post("/registered-models/create", { name });
    await house.post("/logged-models", { experiment_id: experiment, name });
  }
});
afterAll(() => house.close());

/** Each list, two searches of it that differ in one thing, and what it answers with. */
const lists = () => [
  { path: "/runs/search", query: { experiment_ids: [experiment] }, other: { filter: "metrics.m > 0" } },
  { path: "/runs/search", query: { experiment_ids: [experiment] }, other: { order_by: ["metrics.m DESC"] } },
  { path: "/runs/search", query: { experiment_ids: [experiment] }, other: { run_view_type: "ALL" } },
  { path: "/runs/search", query: { experiment_ids: [experiment] }, other: { experiment_ids: [experiment, "0"] } },
  { path: "/experiments/search", query: {}, other: { filter: "name LIKE '%'" } },
  { path: "/experiments/search", query: { order_by: ["name"] }, other: { order_by: ["name DESC"] } },
  { path: "/registered-models/search", query: {}, other: { filter: "name LIKE '%'" } },
  { path: "/logged-models/search", query: { experiment_ids: [experiment] }, other: { filter: "name LIKE '%'" } },
];

describe("a page token", () => {
  test("leads to the next page, is refused by another search, and may be asked for fewer or more", async () => {
    for (const { path, query, other } of lists()) {
      const page = async (over: object) => house.post(path, { ...query, max_results: 1, ...over });
      const first = await page({});
      const page_token = first.body.next_page_token;
      expect([path, typeof page_token]).toEqual([path, "string"]);
      expect((await page({ page_token })).status).toBe(200);
      expect((await page({ page_token, max_results: 5 })).status).toBe(200);
      const refused = await page({ page_token, ...other });
      expect([refused.status, refused.body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
      expect(refused.body.message).toMatch(/Invalid page token .* it belongs to another search/);
    }
  });

  test("of a history is that metric's and run's", async () => {
    const history = (query: string) => house.get(`/metrics/get-history?${query}`);
    const { body } = await history(`run_id=${run}&metric_key=m&max_results=2`);
    const token = encodeURIComponent(body.next_page_token);
    expect((await history(`run_id=${run}&metric_key=m&page_token=${token}`)).body.metrics).toHaveLength(1);
    expect((await history(`run_id=${run}&metric_key=n&page_token=${token}`)).body.error_code).toBe(
      "INVALID_PARAMETER_VALUE",
    );
  });

  test("that somebody made up is refused, or leads nowhere", async () => {
    const query = { experiment_ids: [experiment], order_by: ["metrics.m DESC", "params.p"], max_results: 1 };
    const { body } = await house.post("/runs/search", query);
    const given = JSON.parse(Buffer.from(body.next_page_token, "base64url").toString());
    const forged = [
      "",
      "null",
      "[]",
      "{",
      JSON.stringify({ at: 1 }),
      JSON.stringify({ ...given, at: -1 }),
      JSON.stringify({ ...given, at: { ...given.at, runId: "../x" } }),
      JSON.stringify({ ...given, at: { ...given.at, startTime: 1e300 } }),
      JSON.stringify({ ...given, at: { ...given.at, startTime: Number.MAX_SAFE_INTEGER } }),
      JSON.stringify({ ...given, at: { ...given.at, keys: [] } }),
      JSON.stringify({
        ...given,
        at: {
          ...given.at,
          keys: [
            { rank: 0, value: "much" },
            { rank: 0, value: "\0" },
          ],
        },
      }),
      JSON.stringify({ ...given, at: { ...given.at, keys: [{ rank: 9, value: null }] } }),
    ];
    for (const text of forged) {
      const page_token = Buffer.from(text).toString("base64url");
      const answer = await house.post("/runs/search", { ...query, page_token });
      expect([text, answer.status < 500]).toEqual([text, true]);
    }
  });
});

test("filters of random parts are answered or refused, and never a failure", async () => {
  const parts = [
    ..."()'\"`%_\\=<>!,.\0\u{1f600}",
    ...[
      "metrics.a > 1",
      "params.`b c` = 'x'",
      "tags.t LIKE '%'",
      "run_name ILIKE 'r_n%'",
      "NOT",
      "AND",
      "OR",
      "IS NULL",
    ],
    ...["start_time < 1e308", "end_time >= -1e308", "metrics.a = 1e999", "run_id IN ('a')", "datasets.name != ''"],
    ...["params.p LIKE ''", `params.p = '${"x".repeat(5000)}'`, "metrics.a <= 0.1 AND metrics.a != 5", "status = '\0'"],
  ];
  let seed = 3;
  const next = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * below);
  };
  const orders = [[], ["metrics.a DESC"], ["params.p"], ["tags.`\0`"], ["start_time", "x"]];
  for (let round = 0; round < 300; round += 1) {
    const filter = Array.from({ length: 1 + next(5) }, () => parts[next(parts.length)]).join(next(3) ? " AND " : " ");
    const answer = await house.post("/runs/search", {
      experiment_ids: [experiment],
      filter,
      order_by: orders[next(orders.length)],
    });
    expect([filter, answer.status === 200 || answer.body.error_code === "INVALID_PARAMETER_VALUE"]).toEqual([
      filter,
      true,
    ]);
  }
});

test.each(["/experiments/search", "/registered-models/search", "/model-versions/search"])(
  "%s is ordered by attributes only, each once",
  async (path) => {
    for (const order_by of [["tags.x"], ["name", "name DESC"], ["name name"], [""]]) {
      const { status, body } = await house.post(path, { order_by, max_results: 10 });
      expect([order_by, status, body.error_code]).toEqual([order_by, 400, "INVALID_PARAMETER_VALUE"]);
    }
  },
);
