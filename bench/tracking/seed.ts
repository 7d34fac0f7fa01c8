import { type Api, openApi, post } from "./api.ts";
import { curve, datasetOf, firstNumber, type RunData, runData, startTime } from "./data.ts";
import type { TrackingServer } from "./servers/server.ts";
import type { Sizes } from "./sizes.ts";

/** What a server holds before it is measured. */
export interface Seeded {
  /** The first has the runs that are searched; the others have a few each. */
  readonly experimentIds: readonly string[];
  /** The experiment that cases write to, so that searches find the same at any time. */
  readonly scratchId: string;
  /** Of the first experiment. */
  readonly runIds: readonly string[];
  /** The run with the long curve. */
  readonly curveRun: string;
}

const loaders = 4;
const experiments = 8;

/** Loads the same into each server through its own API. */
export async function seed(server: TrackingServer, sizes: Sizes, say: (text: string) => void): Promise<Seeded> {
  const apis = Array.from({ length: loaders }, () => openApi(server));
  const [first] = apis as [Api, ...Api[]];
  try {
    const create = async (name: string) =>
      (await first.call<{ experiment_id: string }>(post("/experiments/create", { name }))).experiment_id;
    const experimentIds: string[] = [];
    for (let number = 0; number < experiments; number += 1) experimentIds.push(await create(`searched ${number}`));
    const scratchId = await create("scratch");
    const runIds: string[] = [];
    const all = Math.ceil(sizes.runs * 1.07);
    let next = 0;
    const load = async (api: Api) => {
      for (let index = next++; index < all; index = next++) {
        const isFirst = index < sizes.runs;
        const experimentId = experimentIds[isFirst ? 0 : 1 + (index % (experiments - 1))] ?? "";
        const runId = await loadRun(api, experimentId, firstNumber(sizes.runs) + index);
        if (isFirst) runIds[index] = runId;
        if (index % 250 === 249) say(`${index + 1} of ${all} runs`);
      }
    };
    await Promise.all(apis.map(load));
    const curveRun = await createRun(first, scratchId, { name: "curve", startTime, tags: [] });
    for (const metrics of curve(sizes.points)) await first.call(post("/runs/log-batch", { run_id: curveRun, metrics }));
    return { experimentIds, scratchId, runIds, curveRun };
  } finally {
    for (const api of apis) api.close();
  }
}

async function loadRun(api: Api, experimentId: string, number: number): Promise<string> {
  const data = runData(number);
  const run_id = await createRun(api, experimentId, data);
  await api.call(post("/runs/log-batch", { run_id, metrics: data.metrics, params: data.params }));
  if (number % 5 === 0) await api.call(post("/runs/log-inputs", { run_id, datasets: [datasetOf(number)] }));
  const status = number % 200 === 0 ? "FAILED" : "FINISHED";
  if (number % 4 === 0) await api.call(post("/runs/update", { run_id, status, end_time: data.startTime + 50_000 }));
  return run_id;
}

export async function createRun(
  api: Api,
  experimentId: string,
  { name, userName = "", startTime, tags }: Partial<RunData> & Pick<RunData, "name" | "startTime" | "tags">,
): Promise<string> {
  const body = { experiment_id: experimentId, run_name: name, user_id: userName, start_time: startTime, tags };
  const { run } = await api.call<{ run: { info: { run_id: string } } }>(post("/runs/create", body));
  return run.info.run_id;
}
