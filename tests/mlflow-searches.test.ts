import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMlflowHouse, type MlflowHouse } from "../packages/server/src/protocols/mlflow/testing/mlflow-house.ts";
import { differences, filters, orders } from "./support/mlflow-search-cases.ts";
import { createMlflowServer, type MlflowServer } from "./support/mlflow-server.ts";
import { pythonClient } from "./support/python-client.ts";

/*
 * The same searches of the same content, asked of MLflow's own server and of Pave. It takes half a minute, most of it for
 * MLflow's server to start, and so runs only where it is wanted:
 *
 *   PAVE_TEST_MLFLOW_SERVER=1 npm test -- tests/mlflow-searches.test.ts
 */
const isWanted = process.env.PAVE_TEST_MLFLOW_SERVER !== undefined;

// biome-ignore lint/suspicious/noExplicitAny: JSON of two servers
type Post = (method: "GET" | "POST", path: string, body: object) => Promise<{ status: number; body: any }>;

let house: MlflowHouse;
let server: MlflowServer;
let folder: string | undefined;
const servers: { readonly name: "Pave" | "MLflow"; readonly post: Post; experiments: string[] }[] = [];

beforeAll(async () => {
  if (!isWanted) return;
  const python = await pythonClient("mlflow");
  folder = await mkdtemp(join(tmpdir(), "pave-mlflow-searches-"));
  server = await createMlflowServer({ python, folder });
  [house] = await Promise.all([createMlflowHouse(), server.start()]);
  const asked = (call: (method: string, path: string, body?: object) => ReturnType<Post>): Post => {
    return (method, path, body) => {
      if (method === "POST") return call(method, path, body);
      const query = new URLSearchParams(
        Object.entries(body).flatMap(([key, value]) =>
          [value].flat().map((one): [string, string] => [key, String(one)]),
        ),
      );
      return call(method, `${path}?${query}`);
    };
  };
  const pave: Post = asked((method, path, body) =>
    house.call(method, `/mlflow${path}`, { as: "developer", ...(body ? { body } : {}) }),
  );
  const mlflow: Post = asked(async (method, path, body) => {
    const headers = { "content-type": "application/json" };
    const init = body ? { method, headers, body: JSON.stringify(body) } : { method };
    const answer = await fetch(`${server.url}/api/2.0/mlflow${path}`, init);
    return { status: answer.status, body: await answer.json().catch(() => ({})) };
  });
  for (const [name, post] of [["Pave", pave] as const, ["MLflow", mlflow] as const])
    servers.push({ name, post, experiments: await fill(post) });
}, 300_000);
afterAll(async () => {
  await Promise.all([server?.kill(), house?.close()]);
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function fill(post: Post): Promise<string[]> {
  const must = async (path: string, body: object) => {
    const answer = await post("POST", path, body);
    if (answer.status !== 200) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const pairs = (given: Record<string, string>) => Object.entries(given).map(([key, value]) => ({ key, value }));
  const experiments: string[] = [];
  for (const [name, tags] of [
    ["alpha", { team: "vision" }],
    ["Beta", { team: "Text", "a b": "x" }],
    ["gamma_1", {}],
  ] as const)
    experiments.push((await must("/experiments/create", { name, tags: pairs(tags) })).experiment_id);
  const [experiment_id] = experiments;
  // no two begin at the same time: ids, which differ between the servers, would order them
  const runs = [
    ["one", 1000, { auc: 0.9, "my loss": 1 }, { depth: "3", model: "Forest" }, { owner: "ada" }, "FINISHED"],
    ["two", 2000, { auc: 0.7 }, { depth: "30", model: "forest" }, { owner: "Ada" }, "FAILED"],
    ["Three", 3000, { auc: "NaN" }, { depth: "5" }, {}, "FINISHED"],
    ["four", 4000, {}, { model: "100%_x" }, { owner: "bob", "with space": "y", short: "it's" }, "RUNNING"],
    ["five", 4500, { auc: -1e10, "my loss": 0 }, {}, { owner: "" }, "KILLED"],
    ["six", 6000, { auc: 0.9 }, { depth: "3" }, { owner: "ada" }, "FINISHED"],
  ] as const;
  for (const [run_name, start_time, metrics, params, tags, status] of runs) {
    const { run } = await must("/runs/create", {
      experiment_id,
      run_name,
      start_time,
      tags: pairs(tags),
      user_id: run_name,
    });
    const { run_id } = run.info;
    const points = Object.entries(metrics).flatMap(([key, value]) => [
      { key, value: 5, timestamp: 1, step: 0 },
      { key, value, timestamp: 2, step: 1 },
    ]);
    await must("/runs/log-batch", { run_id, metrics: points, params: pairs(params) });
    if (run_name === "one" || run_name === "two")
      await must("/runs/log-inputs", {
        run_id,
        datasets: [
          {
            dataset: { name: `iris-${run_name}`, digest: "d1", source_type: "local", source: "{}" },
            tags: [{ key: "mlflow.data.context", value: run_name === "one" ? "train" : "eval" }],
          },
        ],
      });
    if (status !== "RUNNING") await must("/runs/update", { run_id, status, end_time: start_time + 500 });
    if (run_name !== "one" && run_name !== "two") continue;
    const { model } = await must("/logged-models", {
      ...{ experiment_id, name: `m-${run_name}`, model_type: "sklearn", source_run_id: run_id },
      ...{ params: pairs({ depth: run_name === "one" ? "3" : "4" }), tags: pairs({ owner: run_name }) },
    });
    await must("/runs/log-batch", {
      run_id,
      metrics: [
        { key: "acc", value: run_name === "one" ? 0.5 : 0.8, timestamp: 1, step: 0, model_id: model.info.model_id },
      ],
    });
  }
  for (const [name, tags] of [
    ["flights", { owner: "ada" }],
    ["Trains", { owner: "bob", "a b": "c" }],
    ["prompted", { owner: "ada" }],
    ["plain", {}],
  ] as const)
    await must("/registered-models/create", { name, tags: pairs(tags) });
  // Pave registers no prompts, but what was brought from elsewhere may have their tag
  await must("/registered-models/set-tag", { name: "prompted", key: "mlflow.prompt.is_prompt", value: "true" });
  return experiments;
}

/** What is found, by name; or that it is refused. */
async function ask({ post, experiments }: (typeof servers)[number], list: string, query: object): Promise<unknown> {
  const within = list === "runs" || list === "logged-models" ? { experiment_ids: experiments.slice(0, 1) } : {};
  const method = list === "registered-models" ? "GET" : "POST";
  const { status, body } = await post(method, `/${list}/search`, { max_results: 100, ...within, ...query });
  // MLflow's own failures are refusals here
  if (status !== 200) return "refused";
  if (list === "runs") return (body.runs ?? []).map((run: { info: { run_name: string } }) => run.info.run_name);
  if (list === "logged-models") return (body.models ?? []).map((model: { info: { name: string } }) => model.info.name);
  const things = body.experiments ?? body.registered_models ?? [];
  const names = things.map(({ name }: { name: string }) => name).filter((name: string) => name !== "Default");
  return "order_by" in query ? names : names.toSorted();
}

describe.runIf(isWanted)("a search is answered by Pave as by MLflow", () => {
  const cases = [
    ...Object.entries(filters).flatMap(([list, all]) => all.map((filter) => [list, filter, { filter }] as const)),
    ...Object.entries(orders).flatMap(([list, all]) =>
      all.map((order_by) => [list, order_by.join(), { order_by }] as const),
    ),
  ];
  test.each(cases)("%s: %s", async (list, what, query) => {
    const [pave, mlflow] = await Promise.all(servers.map((one) => ask(one, list, query)));
    if (Object.hasOwn(differences, `${list} ${what}`)) expect(pave).not.toEqual(mlflow);
    else expect(pave).toEqual(mlflow);
  });
});
