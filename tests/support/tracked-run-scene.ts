import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ApiHouse } from "../../packages/server/src/rights/api-house.ts";
import { clientOf, type TrackingClient } from "../../packages/server/src/rights/tracking-client.ts";

export interface TrackedScene {
  readonly client: TrackingClient;
  /** A run that is over, with 50 curves, files of every kind and a model. */
  readonly run: string;
  /** One that still logs. */
  readonly live: string;
  readonly loggedModel: string;
}

const root = join(import.meta.dirname, "..", "..");
const began = 1_760_000_000_000;
export const curves = 44;
const curvePoints = 5000;

/** What scripts of a run's own page try, and whether they got it; read by a test from the page. */
const hostilePage = `<!doctype html><title>report</title><h1>report</h1><pre id="got"></pre><script>
const got = {};
const attempt = async (name, act) => { try { got[name] = String(await act()).slice(0, 40); } catch (error) { got[name] = "refused"; } };
(async () => {
  await attempt("cookie", () => document.cookie);
  await attempt("storage", () => localStorage.length);
  await attempt("session", async () => (await fetch("/api/v1/session", { credentials: "include" })).status);
  await attempt("parent", () => parent.document.title);
  await attempt("opened", () => { if (!open("/projects")) throw new Error(); return "open"; });
  await attempt("elsewhere", () => { if (top === self) return "itself"; top.location = "/projects"; return "gone"; });
  await attempt("picture", () => new Promise((resolve, reject) => {
    const image = new Image(); image.onload = () => resolve("loaded"); image.onerror = reject; image.src = "/favicon.svg"; }));
  got.origin = origin;
  document.getElementById("got").textContent = JSON.stringify(got);
})();</script>`;

const hostileDrawing =
  '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><rect width="80" height="40" fill="#0f8a73"/><script>top.paveHarmed = 1; fetch("/api/v1/session")</script></svg>';

/** Names with markup in them are names. */
export const hostileName = "<img src=x onerror=top.paveHarmed=1>.txt";

const notebook = {
  nbformat: 4,
  metadata: { kernelspec: { language: "python" } },
  cells: [
    { cell_type: "markdown", source: ["# How it was trained\n", "with **trees** <script>top.paveHarmed=1</script>"] },
    {
      cell_type: "code",
      source: ["forest.fit(x, y)"],
      execution_count: 4,
      outputs: [
        { output_type: "stream", name: "stdout", text: ["fitted 100 trees\n"] },
        {
          output_type: "execute_result",
          data: { "text/html": ["<script>top.paveHarmed = 1</script>"], "text/plain": ["RandomForest()"] },
        },
        { output_type: "display_data", data: { "application/javascript": ["top.paveHarmed = 1"] } },
      ],
    },
  ],
};

const mlModel = `flavors:
  python_function: {loader_module: mlflow.onnx}
  onnx: {data: model.onnx}
signature:
  inputs: '[{"name": "distance", "type": "double", "required": true}, {"name": "carrier", "type": "string"}]'
  outputs: '[{"name": "late", "type": "double"}]'
`;

/** Runs of the project, logged by the protocol as a client would; curves in bulk, as logging them would take minutes. */
export async function trackedScene(house: ApiHouse, origin: string, token: string, project: string) {
  const client = clientOf(origin, token, project);
  const tags = Object.entries({
    "mlflow.source.name": "notebooks/train.ipynb",
    "mlflow.source.type": "NOTEBOOK",
    "mlflow.source.git.commit": "8d1f3a0c5e7b9d2f4a6c8e0b1d3f5a7c9e1b3d5f",
    "mlflow.user": "ada",
    "mlflow.note.content":
      "Deeper trees than **last week**, same data.\n\n- learning rate halved\n- `late` is the target",
    team: "operations",
  }).map(([key, value]) => ({ key, value }));
  const run = await client.run({ run_name: "deep forest", start_time: began, tags });
  const params = Array.from({ length: 14 }, (_, index) => ({ key: `param_${index}`, value: String(index * 3) }));
  await client.post("/runs/log-batch", {
    run_id: run,
    params: [...params, { key: "criterion", value: "gini" }],
    metrics: [{ key: "roc_auc", value: 0.8123, step: 0, timestamp: began }],
  });
  await insertCurves(house, run);
  await client.post("/runs/log-inputs", {
    run_id: run,
    datasets: [
      {
        tags: [{ key: "mlflow.data.context", value: "training" }],
        dataset: {
          ...{
            name: "flights-2024",
            digest: "9f3a1c2b",
            source_type: "local",
            source: '{"uri": "data/flights.parquet"}',
          },
          schema: '{"mlflow_colspec": [{"type": "double", "name": "distance"}, {"type": "string", "name": "carrier"}]}',
          profile: '{"num_rows": 402131}',
        },
      },
    ],
  });
  const onnx = await readFile(join(root, "packages/server/src/gateway/fixtures/late-1/model.onnx"));
  const picture = await readFile(join(root, "docs/screenshots/monitoring-light.png"));
  const files: readonly (readonly [string, string | Buffer<ArrayBuffer>])[] = [
    ["plots/roc curve.png", picture],
    ["plots/drawing.svg", hostileDrawing],
    ["tables/errors.csv", `flight,delay,carrier\n${"UA 1,12.5,UA\nDL 7,-3,<b>DL</b>\n".repeat(300)}`],
    ["tables/answers.json", JSON.stringify({ columns: ["question", "answer"], data: [["late?", "yes"]] })],
    ["report.html", hostilePage],
    ["train.ipynb", JSON.stringify(notebook)],
    ["notes.md", "# Notes\n\nTrees, *many* trees."],
    ["config.yaml", "trees: 100\ndepth: 12\n"],
    ["model.onnx", onnx],
    [hostileName, "only a name"],
  ];
  for (const [path, content] of files) await client.upload(run, path, content);
  const child = { key: "mlflow.parentRunId", value: run };
  for (const fold of [1, 2, 3]) {
    const id = await client.run({ run_name: `fold ${fold}`, start_time: began, tags: [child] });
    await client.post("/runs/log-batch", {
      run_id: id,
      metrics: [{ key: "roc_auc", value: 0.79 + fold / 100, step: 0, timestamp: began }],
    });
    await client.post("/runs/update", { run_id: id, status: "FINISHED", end_time: began + fold * 60_000 });
  }
  const loggedModel = await logModel(client, run, onnx);
  await client.post("/runs/update", { run_id: run, status: "FINISHED", end_time: began + 3_723_000 });
  const live = await client.run({ run_name: "still learning" });
  return { client, run, live, loggedModel };
}

async function logModel(client: TrackingClient, run: string, onnx: Buffer<ArrayBuffer>): Promise<string> {
  const body = { experiment_id: "0", name: "late", source_run_id: run, model_type: "onnx" };
  const { model } = await client.post("/logged-models", body);
  const id: string = model.info.model_id;
  await client.upload(id, "MLmodel", mlModel);
  await client.upload(id, "model.onnx", onnx);
  await client.patch(`/logged-models/${id}`, { model_id: id, status: "LOGGED_MODEL_READY" });
  await client.post("/runs/outputs", { run_id: run, models: [{ model_id: id, step: "0" }] });
  return id;
}

const names = [
  "loss",
  "accuracy",
  ...["train", "validation"].flatMap((part) =>
    Array.from({ length: (curves - 2) / 2 }, (_, index) => `${part}/layer_${index}_gradient`),
  ),
  ...["cpu_utilization_percentage", "system_memory_usage_megabytes", "gpu_0_utilization_percentage"].map(
    (name) => `system/${name}`,
  ),
  ...["gpu_0_power_usage_watts", "disk_usage_megabytes", "network_receive_megabytes"].map((name) => `system/${name}`),
];

/** Falling, with noise, one spike and a few values that are no numbers. */
async function insertCurves({ ctx }: ApiHouse, run: string): Promise<void> {
  const { db } = ctx;
  const rows = (name: string, number: number) =>
    Array.from({ length: curvePoints }, (_, step) => ({
      ...{ run_id: run, key: name, step, time: new Date(began + step * 700) },
      value:
        step === 2500
          ? Number.NaN
          : step === 2600
            ? // an infinite value, as clients' are kept
              Number.MAX_VALUE
            : 2 / (1 + step / 400) + Math.sin(step * (number + 3)) / 9 + (step === 777 ? 3 : 0.2),
    }));
  for (const [number, name] of names.entries()) {
    const all = rows(name, number);
    for (let from = 0; from < all.length; from += 2500)
      await db
        .insertInto("metric_points")
        .values(all.slice(from, from + 2500))
        .execute();
    const last = all.at(-1);
    if (last) await db.insertInto("latest_metrics").values(last).execute();
  }
}
