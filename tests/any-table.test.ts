import { execFile } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import type { ModelVersion, Plan, Run } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { identifier } from "../components/lib/duckdb.ts";
import { type Params, readComponent } from "../components/lib/testing/component-folder.ts";
import { type ComponentRun, runComponent } from "../components/lib/testing/run-component.ts";
import { checkModel } from "../packages/server/src/gateway/check-model/check-model.ts";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { pythonClient } from "./support/python-client.ts";
import { type ShopTable, shopCsv, shopFeatures } from "./support/shop-table.ts";
import { askTrainingCode, runTraining } from "./support/training-code.ts";

const execute = promisify(execFile);
const project = "shop";

const tables: readonly { title: string; table: ShopTable; positive: string }[] = [
  { title: "with yes and no", table: { classes: ["No", "Yes"] }, positive: "Yes" },
  { title: "with true and false", table: { classes: ["False", "True"] }, positive: "true" },
  { title: "with 0 and 1", table: { classes: ["0", "1"] }, positive: "1" },
  {
    title: "with 0.0 and 1.0, as whole numbers with gaps are written",
    table: { classes: ["0.0", "1.0"] },
    positive: "1",
  },
  {
    title: "with two texts under a name full of quotes",
    table: { classes: ['bleibt, "noch"', "geht 'weg'"], target: `¿geht "sie" weg, oder 'er'?` },
    positive: "geht 'weg'",
  },
  {
    title: "from a European spreadsheet",
    table: { classes: ["nein", "ja"], separator: ";", hasDecimalCommas: true, lineEnd: "\r\n", start: "\uFEFF" },
    positive: "ja",
  },
];

/** The road of a CSV as people have them: every type of column, and values missing in each. */
describe("a table of mixed columns with missing values in each", { timeout: 300_000 }, () => {
  let platform: TestPlatform;
  let folder: string;
  let run: Run;

  beforeAll(async () => {
    platform = await startPlatform();
    folder = join(platform.folder, project);
    const data = join(platform.folder, "shop.csv");
    await writeFile(data, shopCsv());
    const settings = ["--set", "maxIterations=20", "--set", "minimumAuc=0.5"];
    await platform.json(["new", project, "--data", data, "--target", "bought", ...settings, "--yes"]);
    await Promise.all([platform.json(["sync"], { folder, timeoutMs: 280_000 }), pythonClient("mlflow")]);
  }, 900_000);
  afterAll(() => platform?.remove());

  it("trains, and the model is registered: what is served agrees with what was trained", async () => {
    run = await platform.json<Run>(["run"], { folder, timeoutMs: 280_000 });
    expect(run.state, run.message ?? "").toBe("succeeded");
    const version = await platform.json<ModelVersion>(["models", "show", `${project}@1`], { folder });
    expect(version).toMatchObject({
      status: "READY",
      check: { rows: 50, maxDifference: expect.closeTo(0, 5) },
      signature: {
        inputs: [
          { name: 'Région "où"', type: "string", required: false },
          { name: "visits", type: "double", required: false },
          { name: "price, €", type: "double", required: false },
          { name: "it's member", type: "boolean", required: false },
        ],
      },
    });
  });

  it("answers about rows with null what the training code answers, and so do the evaluation and MLflow's client", async () => {
    const plan = await platform.json<Plan>(["deploy", "--to", "staging"], { folder });
    expect(plan.state, plan.message ?? "").toBe("applied");

    const [train, test] = [await download("train"), await download("test")];
    const params = run.graph.find((step) => step.name === "train")?.params ?? {};
    const expected = await askTrainingCode(folder, { train, rows: test, params });

    const rows = await rowsOf(test);
    for (const name of shopFeatures)
      expect(
        rows.some((row) => row[name] === null),
        `${name} is missing somewhere`,
      ).toBe(true);
    const approximately = expected.map((value) => expect.closeTo(value, 5));
    expect(await predict(rows)).toEqual(approximately);
    // left out is the same as null
    const present = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)));
    expect(await predict(present)).toEqual(await predict(rows));

    expect(await predictWithMlflow(rows)).toEqual(approximately);

    const evaluated = run.graph.find((step) => step.name === "evaluate")?.metrics;
    const mean = expected.reduce((sum, value) => sum + value, 0) / expected.length;
    expect(evaluated).toMatchObject({ rows: rows.length, predicted_mean: expect.closeTo(mean, 6) });
  });

  it("passes the tests that a new project has of its training code", async () => {
    const python = join(folder, ".venv", "bin", "python");
    const { stdout } = await execute(python, ["-m", "pytest", "-q", "-p", "no:cacheprovider"], { cwd: folder });
    expect(stdout).toMatch(/\d+ passed/);
  });

  // not the whole platform any more: the steps as a run starts them, in the environment that this one has made
  it.each(tables)("is learned and judged $title", async ({ table, positive }) => {
    const source = join(platform.folder, "any.csv");
    await writeFile(source, shopCsv(table));
    const target = table.target ?? "bought";
    using profiled = await step("profile-table", { source }, { target });
    const profile = profiled.readJson("profile") as unknown as Profile;
    expect(profile.target).toMatchObject({ task: "binary", positive, problems: [] });
    expect(profile.suggestions).toEqual({ splitBy: null, exclude: ["país"] });

    using ingested = await step("ingest-table", { source }, {});
    using cut = await step("split-table", { table: pathOf(ingested, "table") }, { target });
    const { exclude } = profile.suggestions;
    const trained = await runTraining(folder, {
      train: pathOf(cut, "train"),
      params: { target, positive, exclude, maxIterations: 20 },
      output: await mkdtemp(join(platform.folder, "trained-")),
    });
    expect(trained.said).toContain("not used: joined (date is no feature");
    expect(await checkModel(trained.model)).toMatchObject({ ok: true, rows: 50 });

    using judged = await step("evaluate-classifier", { model: trained.model, test: pathOf(cut, "test") }, {});
    expect(judged.readJson("metrics")).toMatchObject({ rows: 126, positive_rate: expect.closeTo(0.373, 2) });
    expect((judged.readJson("metrics") as { roc_auc: number }).roc_auc).toBeGreaterThan(0.7);
    expect(judged.readJson("report")).toMatchObject({ target, positive });
  });

  async function predict(inputs: readonly unknown[]): Promise<readonly number[]> {
    const args = ["predict", "staging", "--input", JSON.stringify({ inputs })];
    const { predictions } = await platform.json<{ predictions: { probability: number }[] }>(args, { folder });
    return predictions.map(({ probability }) => probability);
  }

  async function predictWithMlflow(rows: readonly unknown[]): Promise<readonly number[]> {
    const path = join(platform.folder, "rows.json");
    await writeFile(path, JSON.stringify(rows));
    const script = join(import.meta.dirname, "clients", "mlflow", "predict.py");
    const { stdout } = await execute(await pythonClient("mlflow"), [script, `models:/${project}/1`, path], {
      env: {
        PATH: process.env.PATH ?? "",
        HOME: platform.folder,
        MLFLOW_TRACKING_URI: platform.url,
        MLFLOW_TRACKING_TOKEN: platform.token,
        MLFLOW_DISABLE_TELEMETRY: "true",
      },
    });
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as number[];
  }

  /** A part of the table as the step `split` left it. */
  async function download(port: string): Promise<string> {
    const outputs = run.graph.find((step) => step.name === "split")?.outputs ?? [];
    const artifact = outputs.find((output) => output.port === port)?.artifact;
    const answer = await platform.client.raw("getArtifactFile", {
      params: { project, artifact: artifact?.id ?? "" },
      query: {},
    });
    const path = join(platform.folder, `${port}.parquet`);
    await writeFile(path, Buffer.from(await answer.arrayBuffer()));
    return path;
  }
});

interface Profile {
  readonly target: unknown;
  readonly suggestions: { readonly exclude: readonly string[] };
}

async function step(name: string, inputs: Readonly<Record<string, string>>, params: Params): Promise<ComponentRun> {
  const component = readComponent(join(import.meta.dirname, "..", "components", name));
  const run = await runComponent(component, { inputs, params });
  expect(run.stderr).toBe("");
  return run;
}

const pathOf = (run: ComponentRun, port: string): string => run.outputPath(port) ?? "";

async function rowsOf(parquet: string): Promise<Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const reader = await connection.runAndReadAll(
    `SELECT ${shopFeatures.map(identifier).join(", ")} FROM (SELECT * REPLACE (CAST(visits AS DOUBLE) AS visits) FROM read_parquet('${parquet}'))`,
  );
  return reader.getRowObjectsJS();
}
