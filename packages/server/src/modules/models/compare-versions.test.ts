import { versionComparisonSchema } from "@pave/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { json } from "../../db/column-types.ts";
import { createTrackedRuns, ensureExperiment, getRunHead, logDatasets, newTrackedRunId } from "../tracking/index.ts";
import { registerVersion } from "./register-version.ts";
import { codeOf, createModelsHouse, type ModelsHouse, newVersion } from "./testing/models-house.ts";

let house: ModelsHouse;
beforeAll(async () => {
  house = await createModelsHouse();
});
afterAll(() => house.close());

const compare = (version: string, other: string) =>
  house.call("compareModelVersions", {
    params: { project: "flights", model: "flights", version },
    query: { with: other },
  });

async function trackedRun(project: string, depth: number, commit: string): Promise<string> {
  const { ctx } = house;
  const experiment = await ensureExperiment(ctx, { id: project, name: project });
  const runId = newTrackedRunId();
  const tags = { "mlflow.source.git.commit": commit };
  const run = { runId, experimentId: experiment.id, name: "r", principalId: "u1", userName: "ada", tags };
  await createTrackedRuns(ctx, [{ ...run, owner: "client", params: { depth, rate: 0.1 } }]);
  const dataset = {
    name: "table",
    digest: `d${depth}`,
    sourceType: "local",
    source: "{}",
    schema: null,
    profile: null,
  };
  await logDatasets(ctx, await getRunHead(ctx, runId), [{ ...dataset, tags: {} }]);
  return runId;
}

test("two versions beside each other, what differs first: metrics, params, signature, data, code, environment, run", async () => {
  const { ctx } = house;
  await ctx.db
    .insertInto("revisions")
    .values({
      ...{ id: "n1", project_id: "flights", number: 1, digest: `sha256:${"c".repeat(64)}`, files: json([]) },
      ...{ file_count: 0, bytes: 0, git: json({ commit: "abc1" }), created_by: "u1" },
    })
    .execute();
  const lineage = { ...newVersion().lineage, datasets: [{ name: "table", digest: "d1", rows: 3 }] };
  await registerVersion(
    ctx,
    newVersion({ attemptId: "t1", revisionId: "n1", lineage, pythonEnvironmentDigest: `sha256:${"e".repeat(64)}` }),
  );
  const runId = await trackedRun("flights", 6, "abc2");
  const inputs = [
    { name: "delay", type: "double", required: true },
    { name: "carrier", type: "string", required: false },
  ];
  const signature = { inputs, outputs: [] };
  await registerVersion(ctx, newVersion({ trackedRunId: runId, metrics: { auc: 0.8, f1: 0.5 }, signature }));

  const { left, right, rows } = versionComparisonSchema.parse(await compare("1", "2"));
  expect([left.version, right.version]).toEqual(["1", "2"]);
  expect(
    rows.filter(({ differs }) => differs).map(({ group, name, left, right }) => [group, name, left, right]),
  ).toEqual([
    ["metrics", "auc", 0.7, 0.8],
    ["metrics", "f1", null, 0.5],
    ["params", "depth", null, "6"],
    ["params", "rate", null, "0.1"],
    ["signature", "input carrier", null, "string, may be missing"],
    ["data", "table", "d1", "d6"],
    ["code", "commit", "abc1", "abc2"],
    ["code", "revision", `sha256:${"c".repeat(64)}`, null],
    ["environment", "python", `sha256:${"e".repeat(64)}`, null],
    ["run", "run", null, runId],
  ]);
  expect(rows.slice(10).map(({ group, name, differs }) => [group, name, differs])).toEqual([
    ["signature", "input delay", false],
    ["files", "bytes", false],
    ["files", "digest", false],
    ["files", "files", false],
  ]);
});

test("a run that a client names and that is another project's tells nothing", async () => {
  const elsewhere = await trackedRun("trains", 9, "secret");
  await registerVersion(house.ctx, newVersion({ trackedRunId: elsewhere }));
  const { rows } = versionComparisonSchema.parse(await compare("1", "latest"));
  expect(JSON.stringify(rows)).not.toContain("secret");
  expect(rows.some(({ group }) => group === "params")).toBe(false);
});

test("a version that is not there is said", async () => {
  expect(await codeOf(compare("1", "9"))).toBe("model.version_not_found");
  expect(await codeOf(compare("best", "1"))).toBe("model.version_not_found");
});
