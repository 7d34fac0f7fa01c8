import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMlflowHouse, type MlflowHouse } from "./testing/mlflow-house.ts";

let house: MlflowHouse;
beforeAll(async () => {
  house = await createMlflowHouse();
});
afterAll(() => house.close());

describe("a search of runs", () => {
  let searched: string;
  const names: Record<string, string> = {};
  beforeAll(async () => {
    searched = await house.newExperiment("searched");
    const make = async (name: string, auc: unknown, depth: string | undefined, start_time: number) => {
      const id = await house.newRun(searched, { run_name: name, start_time });
      names[id] = name;
      if (auc !== undefined) await house.post("/runs/log-metric", { run_id: id, key: "auc", value: auc, timestamp: 1 });
      if (depth !== undefined) await house.post("/runs/log-parameter", { run_id: id, key: "depth", value: depth });
      return id;
    };
    await make("a", 0.9, "3", 1000);
    await make("b", 0.7, "Deep", 2000);
    await make("c", "NaN", undefined, 3000);
    await make("d", undefined, "5", 4000);
  });
  const search = async (body: object) => {
    const answer = await house.post("/runs/search", { experiment_ids: [searched], ...body });
    if (answer.status !== 200) return answer.body.message as string;
    return answer.body.runs.map(({ info }: { info: { run_id: string } }) => names[info.run_id]).join("");
  };

  test.each([
    ["", "dcba"],
    ["metrics.auc > 0.8", "a"],
    // NaN is no number, and so none that it might be
    ["metrics.auc != 0.9", "cb"],
    ["NOT metrics.auc = 0.9", "dcb"],
    ["metrics.auc > 0.8 OR params.depth = '5'", "da"],
    ["NOT (params.depth = '3' OR params.depth IS NULL) AND start_time < 4000", "b"],
    ["metrics.auc >= 0.7 AND params.depth LIKE 'D%'", "b"],
    ["params.depth ILIKE 'd%'", "b"],
    ["params.depth != '3'", "db"],
    ["params.depth IS NULL", "c"],
    ["params.depth IS NOT NULL", "dba"],
    ["params.depth LIKE '%\\'", ""],
    ["attributes.run_name = 'a'", "a"],
    ["start_time >= 2000 AND start_time < 4000", "cb"],
    ["status = 'RUNNING'", "dcba"],
    ["tags.nothing != 'x'", ""],
    ["tags.mlflow.runName = 'd'", "d"],
  ])("%s", async (filter, expected) => {
    expect(await search({ filter })).toBe(expected);
  });

  test("finds runs of experiment 0 once, also where its number is named beside it", async () => {
    const { run } = (await house.post("/runs/create", { experiment_id: "0", start_time: 1 })).body;
    const { experiment_id, run_id } = run.info;
    const found = await house.post("/runs/search", { experiment_ids: ["0", experiment_id, experiment_id] });
    expect(found.body.runs.map(({ info }: { info: { run_id: string } }) => info.run_id)).toEqual([run_id]);
  });

  test.each([
    [["metrics.auc"], "bacd"],
    [["metrics.auc DESC"], "abcd"],
    [["params.depth DESC"], "bdac"],
    [["attributes.start_time ASC"], "abcd"],
    [["tags.mlflow.runName DESC"], "dcba"],
    [["metrics.nothing"], "dcba"],
  ])("by %j, with what is missing at the end", async (order_by, expected) => {
    expect(await search({ order_by })).toBe(expected);
  });

  test("gives pages that neither overlap nor leave anything out", async () => {
    let [token, found] = [undefined as string | undefined, ""];
    do {
      const { body } = await house.post("/runs/search", {
        experiment_ids: [searched],
        max_results: 3,
        page_token: token,
      });
      found += body.runs.map(({ info }: { info: { run_id: string } }) => names[info.run_id]).join("");
      token = body.next_page_token;
    } while (token);
    expect(found).toBe("dcba");
  });

  test.each([
    [{ max_results: 0 }, /positive integer/],
    [{ max_results: 50_001 }, /at most 50000/],
    [{ page_token: "nonsense" }, /Invalid page token/],
    [{ page_token: Buffer.from('{"offset":-1}').toString("base64") }, /Invalid page token/],
    [{ page_token: "x".repeat(10_000) }, /Invalid page token/],
    [{ filter: "metrics.auc > 'x'" }, /Expected numeric/],
    [{ order_by: ["metrics.auc", "metrics.auc"] }, /duplicate/],
    [{ run_view_type: "SOME" }, /run_view_type/],
    [{ filter: 7 }, /Invalid value 7 for parameter 'filter'/],
  ])("refuses %j", async (body, message) => {
    expect(await search(body)).toMatch(message);
  });

  test("looks into experiments that are the actor's, and not into others", async () => {
    const count = async (as: string) =>
      (await house.post("/runs/search", { experiment_ids: [searched, "999999", "x"] }, as)).body.runs.length;
    expect([await count("viewer"), await count("stranger"), await count("both")]).toEqual([4, 0, 4]);
  });
});
