import { type Api, openApi, post } from "./api.ts";
import { curve, type RunData, runData, startTime } from "./data.ts";
import type { TrackingServer } from "./servers/server.ts";
import type { Sizes } from "./sizes.ts";

/** What a server holds before it is measured. */
export interface Seeded {
  readonly experimentId: string;
  /** The experiment that cases write to, so that searches find the same at any time. */
  readonly scratchId: string;
  readonly runIds: readonly string[];
  /** The run with the long curve. */
  readonly curveRun: string;
}

const loaders = 4;

/** Loads the same into each server through its own API. */
export async function seed(server: TrackingServer, sizes: Sizes): Promise<Seeded> {
  const apis = Array.from({ length: loaders }, () => openApi(server));
  const [first] = apis as [Api, ...Api[]];
  try {
    const create = async (name: string) =>
      (await first.call<{ experiment_id: string }>(post("/experiments/create", { name }))).experiment_id;
    const [experimentId, scratchId] = [await create("searched"), await create("scratch")];
    const runIds: string[] = [];
    let next = 0;
    const load = async (api: Api) => {
      for (let number = next++; number < sizes.runs; number = next++)
        runIds[number] = await loadRun(api, experimentId, number);
    };
    await Promise.all(apis.map(load));
    const curveRun = await createRun(first, scratchId, { name: "curve", startTime, tags: [] });
    for (const metrics of curve(sizes.points)) await first.call(post("/runs/log-batch", { run_id: curveRun, metrics }));
    return { experimentId, scratchId, runIds, curveRun };
  } finally {
    for (const api of apis) api.close();
  }
}

async function loadRun(api: Api, experimentId: string, number: number): Promise<string> {
  const data = runData(number);
  const run_id = await createRun(api, experimentId, data);
  await api.call(post("/runs/log-batch", { run_id, metrics: data.metrics, params: data.params }));
  if (number % 4 === 0)
    await api.call(post("/runs/update", { run_id, status: "FINISHED", end_time: data.startTime + 500 }));
  return run_id;
}

export async function createRun(
  api: Api,
  experimentId: string,
  { name, startTime, tags }: Pick<RunData, "name" | "startTime" | "tags">,
): Promise<string> {
  const body = { experiment_id: experimentId, run_name: name, start_time: startTime, tags };
  const { run } = await api.call<{ run: { info: { run_id: string } } }>(post("/runs/create", body));
  return run.info.run_id;
}
