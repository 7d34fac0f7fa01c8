import type { ProtocolRoute } from "../../../http/protocol.ts";
import { createMlflow } from "../index.ts";
import type { Answer, MlflowHouse } from "./mlflow-house.ts";

/** Things of `flights`, of every kind that a request can name. */
export interface Samples {
  readonly experiment: string;
  readonly run_id: string;
  readonly model_id: string;
  readonly webhook_id: string;
}

export async function createSamples(house: MlflowHouse): Promise<Samples> {
  const experiment = await house.newExperiment("study");
  const run_id = await house.newRun(experiment);
  const model = { experiment_id: experiment, name: "m", source_run_id: run_id };
  const { model_id } = (await house.post("/logged-models", model)).body.model.info;
  const put = (path: string, body: string) =>
    house.call("PUT", `/mlflow-artifacts/artifacts/${experiment}/${path}`, { as: "developer", body });
  await put(`${run_id}/artifacts/a.txt`, "of run");
  await put(`models/${model_id}/artifacts/a.txt`, "of model");
  await put(`models/${model_id}/artifacts/MLmodel`, "flavors: { python_function: {} }\n");
  await house.post("/registered-models/create", { name: "iris" });
  await house.post("/model-versions/create", { name: "iris", source: `models:/${model_id}` });
  await house.post("/runs/log-batch", { run_id, metrics: [{ key: "m", value: 1, timestamp: 1 }] });
  const dataset = { name: "table", digest: "d", source_type: "local", source: "{}" };
  await house.post("/runs/log-inputs", { run_id, datasets: [{ dataset, tags: [] }] });
  const hook = { name: "hook", url: "https://127.0.0.1/x", events: [{ entity: "MODEL_VERSION", action: "CREATED" }] };
  const { webhook_id } = (await house.post("/webhooks", hook)).body.webhook;
  return { experiment, run_id, model_id, webhook_id };
}

// biome-ignore lint/suspicious/noExplicitAny: only the table is looked at
const { routes } = createMlflow({} as any);

/** Every route that needs a permission, once where it is at several places. */
export const guardedRoutes: readonly ProtocolRoute[] = routes.filter(
  ({ permission, path }) => permission !== "public" && !path.startsWith("/ajax-api/"),
);

/** What a request of the route says that names what is in `flights`, so that only permissions are in its way. */
export function sampleInput({ method, path }: ProtocolRoute, samples: Samples): Readonly<Record<string, unknown>> {
  const { experiment, run_id, model_id } = samples;
  return {
    experiment_id: experiment,
    experiment_name: "study",
    experiment_ids: [experiment],
    run_id: path.endsWith("get-history-bulk") ? [run_id] : run_id,
    run_ids: [run_id],
    name: path.includes("logged-models") ? "m" : /experiments\/create|webhooks/.test(path) ? "another" : "iris",
    new_name: "new",
    version: "1",
    alias: "a",
    key: "k",
    value: "1",
    timestamp: 1,
    metric_key: "m",
    source: `models:/${model_id}`,
    status: path.includes("webhooks") ? "DISABLED" : method === "PATCH" ? "LOGGED_MODEL_READY" : "FINISHED",
    stage: "None",
    model_json: "{}",
    description: "d",
    url: "https://127.0.0.1/x",
    events: [{ entity: "MODEL_VERSION", action: "CREATED" }],
    artifact_file_path: "a.txt",
    path: path.includes("mlflow-artifacts")
      ? `${experiment}/${run_id}/artifacts`
      : path.includes("get-artifact")
        ? "a.txt"
        : "",
  };
}

/** Sends what `sampleInput` says, or something else. */
export function sendSample(
  house: MlflowHouse,
  samples: Samples,
  route: ProtocolRoute,
  options: { readonly as?: string | undefined; readonly headers?: Record<string, string>; readonly input?: object },
): Promise<Answer> {
  const { method, path } = route;
  const { as, headers = {}, input = sampleInput(route, samples) } = options;
  const url = path
    .replace(":model", samples.model_id)
    .replace(":tag", "t")
    .replace(":webhook", samples.webhook_id)
    .replace(":workspace", "flights")
    .replace("*", `${samples.experiment}/${samples.run_id}/artifacts/a.txt`);
  if (method !== "GET") return house.call(method, url, { from: "", as, headers, body: bodyOf(path, input) });
  // a path of a file has no query
  if (path.endsWith("/*")) return house.call("GET", url, { from: "", as, headers });
  const query = new URLSearchParams(
    Object.entries(input).flatMap(([name, value]) =>
      [value]
        .flat()
        .map((one): [string, string] => [name, typeof one === "object" ? JSON.stringify(one) : String(one)]),
    ),
  );
  return house.call("GET", `${url}?${query}`, { from: "", as, headers });
}

function bodyOf(path: string, input: object): unknown {
  if (!path.includes("mlflow-artifacts")) return input;
  return path.includes("/mpu/")
    ? { path: "model.bin", num_parts: 1, upload_id: "u", parts: [{ part_number: 1, etag: "e" }] }
    : "x";
}
