import type { Client } from "@pave/contract";
import { expect, test } from "vitest";
import type { CommandContext } from "../command.ts";
import { runsShow } from "./runs-show.ts";

const id = "0123456789abcdef0123456789abcdef";
const run = {
  ...{ id, name: "deep forest", state: "succeeded", isDeleted: false, experiment: "depth", author: "ada" },
  ...{ startedAt: "2026-01-01T00:00:00.000Z", finishedAt: "2026-01-01T00:02:24.000Z", parent: null },
  source: { name: "train.ipynb", type: null, commit: null, branch: null, repository: null },
  params: { depth: "6", rate: "0.1" },
  tags: { team: "red", "mlflow.user": "ada" },
  latest: [
    { key: "roc_auc", value: 0.8123, text: "0.8123", step: 399 },
    { key: "loss", value: null, text: "NaN", step: 0 },
  ],
  children: { items: [], total: 3 },
  datasets: [{ name: "flights", digest: "9f3a" }],
  models: [{ id: "m-1", name: "late", versions: [] }],
  versions: [{ model: "late", version: "2", aliases: ["champion"] }],
  files: { count: 4, bytes: 100 },
};

test("a run of MLflow is found by its id, whatever its project, and says where the portal has it", async () => {
  const client = {
    findTrackedRun: async () => ({ project: "flights" }),
    getTrackedRun: async ({ params }: { params: object }) => ({ ...run, ...params }),
  } as unknown as Client;
  const context = {
    folder: "/",
    client: async () => client,
    connection: async () => ({ url: "http://pave.test" }),
  } as unknown as CommandContext;
  const { data, text } = await runsShow.run(context, [id], {});
  const url = `http://pave.test/projects/flights/runs/${id}`;
  expect(data).toMatchObject({ project: "flights", trackedRun: id, url });
  expect(text.split("\n").map((line) => line.replaceAll(/ {2,}/g, "  "))).toEqual([
    "deep forest  succeeded",
    "project  flights",
    "experiment  depth",
    expect.stringMatching(/^started {2}\d+ d ago by ada$/),
    "took  2 min 24 s",
    "source  train.ipynb",
    "commit  –",
    "parent  –",
    "below it  3 runs",
    "data  flights 9f3a",
    "models  late@2 @champion, late (m-1)",
    "files  4",
    `portal  ${url}`,
    "metric  latest  step",
    "roc_auc  0.8123  399",
    "loss  NaN  0",
    "param  value",
    "depth  6",
    "rate  0.1",
    "tag  value",
    "team  red",
  ]);
});

test("what is neither a number nor an id is refused", async () => {
  await expect(runsShow.run({ folder: "/" } as CommandContext, ["0123abc"], { project: "flights" })).rejects.toThrow();
});
