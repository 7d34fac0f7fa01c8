import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface OddSource {
  readonly url: string;
  /** `METHOD /path?query`, in the order in which they came. */
  readonly asked: string[];
  close(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

const runOf = (id: string, artifacts: string) => ({
  info: {
    ...{ run_id: id, run_uuid: id, experiment_id: "1", run_name: "old one", user_id: "ada" },
    ...{ status: "FINISHED", start_time: "1600000000000", end_time: "1600000001000", lifecycle_stage: "active" },
    artifact_uri: artifacts,
  },
  data: {
    metrics: [{ key: "loss", value: "NaN", timestamp: "1600000000002", step: "1" }],
    params: [{ key: "a", value: "1" }],
    tags: [],
  },
});
const history = [
  { key: "loss", value: 0.5, timestamp: "1600000000001", step: "0" },
  { key: "loss", value: "NaN", timestamp: "1600000000002", step: "1" },
];
const notFound: Answer = (_, response) => void response.writeHead(404).end("<html>Not Found</html>");
const json =
  (body: unknown): Answer =>
  (_, response) =>
    void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));

/**
 * What no release of MLflow that is installed here does any more, or ever should: a server that knows what 2.0 knew, keeps
 * artifacts in a folder of its own and answers 64-bit numbers as text, with single answers put in place of its own. Where
 * those of its run are is an address that only it need be able to reach.
 */
export async function createOddSource(
  answers: Readonly<Record<string, Answer>> = {},
  runId = "e".repeat(32),
  artifacts = `file:///srv/mlruns/1/${runId}/artifacts`,
): Promise<OddSource> {
  const run = runOf(runId, artifacts);
  const api = "/api/2.0/mlflow";
  const usual: Record<string, Answer> = {
    "/version": (_, response) => void response.end("2.0.1"),
    [`${api}/experiments/search`]: json({
      experiments: [{ experiment_id: "1", name: "old", lifecycle_stage: "active", artifact_location: "file:///srv/1" }],
    }),
    [`${api}/runs/search`]: json({ runs: [run] }),
    [`${api}/runs/get`]: json({ run }),
    [`${api}/metrics/get-history`]: json({ metrics: history }),
    [`${api}/artifacts/list`]: (request, response, url) =>
      json({
        files: url.searchParams.get("path")
          ? [{ path: "model/MLmodel", is_dir: false, file_size: "30" }]
          : [
              { path: "model", is_dir: true },
              { path: "notes.txt", is_dir: false, file_size: "5" },
            ],
      })(request, response, url),
    "/get-artifact": (_, response, url) =>
      void response.end(url.searchParams.get("path") === "notes.txt" ? "notes" : "flavors:\n  python_function: {}"),
    [`${api}/registered-models/search`]: json({ registered_models: [{ name: "old", creation_timestamp: "1" }] }),
    [`${api}/model-versions/search`]: json({
      model_versions: [
        {
          ...{ name: "old", version: "4", run_id: run.info.run_id, current_stage: "Staging", user_id: "ada" },
          source: `${run.info.artifact_uri}/model`,
        },
      ],
    }),
    [`${api}/model-versions/get-download-uri`]: json({ artifact_uri: `${run.info.artifact_uri}/model` }),
  };
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://source");
    asked.push(`${request.method} ${request.url}`);
    request.resume();
    const answer = answers[url.pathname] ?? answers["*"] ?? usual[url.pathname] ?? notFound;
    answer(request, response, url);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
