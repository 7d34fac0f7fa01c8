/** Speaks MLflow's protocol to a served API, as far as tests log something with it. */
export interface TrackingClient {
  readonly origin: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into, it knows
  get(path: string): Promise<any>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  post(path: string, body: object): Promise<any>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  patch(path: string, body: object): Promise<any>;
  /** Starts a run in the project's own experiment, or in the one that is named; gives its id. */
  run(body: object): Promise<string>;
  /** A file of a run or of a logged model. */
  upload(root: string, path: string, content: string | Uint8Array<ArrayBuffer>): Promise<void>;
}

export function clientOf(origin: string, token: string, project: string): TrackingClient {
  const headers = { authorization: `Bearer ${token}`, "x-mlflow-workspace": project };
  const send = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${origin}/api/2.0/mlflow${path}`, {
      method,
      headers: { ...headers, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    origin,
    get: (path) => send("GET", path),
    post: (path, body) => send("POST", path, body),
    patch: (path, body) => send("PATCH", path, body),
    async run(body) {
      const given = { experiment_id: "0", start_time: Date.now(), ...body };
      const { run } = (await send("POST", "/runs/create", given)) as { run: { info: { run_id: string } } };
      return run.info.run_id;
    },
    async upload(root, path, content) {
      // the experiment's number tells nothing: files are found by run or model
      const place = root.startsWith("m-") ? `1/models/${root}` : `1/${root}`;
      const name = path.split("/").map(encodeURIComponent).join("/");
      const response = await fetch(`${origin}/api/2.0/mlflow-artifacts/artifacts/${place}/artifacts/${name}`, {
        ...{ method: "PUT", headers, body: content },
      });
      if (!response.ok) throw new Error(`upload of ${path}: ${response.status} ${await response.text()}`);
    },
  };
}
