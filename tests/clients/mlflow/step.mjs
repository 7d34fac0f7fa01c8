// Code of a step, as MLflow's client calls the protocol: it knows nothing of Pave and names whatever experiment it
// likes. In JavaScript, because any user that a step runs as has Node.
const { MLFLOW_TRACKING_URI: uri, MLFLOW_TRACKING_TOKEN: token } = process.env;
const authorization = `Bearer ${token}`;

async function call(method, path, body) {
  const isJson = body !== undefined && !path.startsWith("/mlflow-artifacts");
  const response = await fetch(`${uri}/api/2.0${path}`, {
    method,
    headers: { authorization, ...(isJson ? { "content-type": "application/json" } : {}) },
    ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : body }),
  });
  return response.json();
}
const post = (path, body) => call("POST", `/mlflow${path}`, body);
const time = Date.now();

const { experiment } = await call("GET", "/mlflow/experiments/get-by-name?experiment_name=something%20else");
const create = async (run_name) =>
  (await post("/runs/create", { experiment_id: experiment.experiment_id, run_name, start_time: time, tags: [] })).run;
const end = (run_id) => post("/runs/update", { run_id, status: "FINISHED", end_time: time });

const first = await create("fitting");
const run_id = first.info.run_id;
await post("/runs/log-parameter", { run_id, key: "rate", value: "0.5" });
await post("/runs/log-metric", { run_id, key: "loss", value: 0.25, timestamp: time, step: 0 });
const { pathname } = new URL(first.info.artifact_uri);
await call("PUT", `/mlflow-artifacts/artifacts${pathname}/notes.txt`, "from the step");
await end(run_id);

const second = await create("second");
await post("/runs/log-metric", { run_id: second.info.run_id, key: "loss", value: 0.5, timestamp: time, step: 0 });
await end(second.info.run_id);
await create("left open");

const parent = first.data.tags.find(({ key }) => key === "mlflow.parentRunId").value;
const refused = [
  await post("/runs/log-metric", { run_id: parent, key: "roc_auc", value: 1, timestamp: time }),
  await end(parent),
  await post("/runs/delete", { run_id }),
  await post("/registered-models/create", { name: "mine" }),
];
const codes = refused.map((answer) => answer.error_code ?? "allowed").join(",");
await post("/runs/set-tag", { run_id, key: "codes", value: codes });
