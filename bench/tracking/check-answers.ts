import { createHash } from "node:crypto";
import { get, openApi, post } from "./api.ts";
import { bodyOf, standardSearches } from "./searches.ts";
import type { Seeded } from "./seed.ts";
import type { TrackingServer } from "./servers/server.ts";
import type { Sizes } from "./sizes.ts";

interface Pair {
  readonly key: string;
  readonly value: unknown;
}
interface RunAnswer {
  readonly info: Readonly<Record<string, unknown>>;
  readonly data?: {
    readonly metrics?: readonly MetricAnswer[];
    readonly params?: readonly Pair[];
    readonly tags?: readonly Pair[];
  };
}
interface MetricAnswer extends Pair {
  readonly step?: number | string;
  readonly timestamp?: number | string;
}

/** What a server answers, by what was asked, in a form in which equal answers are equal texts. */
export type Answers = Readonly<Record<string, string>>;

/** Asks a seeded server everything whose answers must not depend on who answers. */
export async function askAll(server: TrackingServer, seeded: Seeded, { runs, points }: Sizes): Promise<Answers> {
  const api = openApi(server);
  const answers: Record<string, string> = {};
  try {
    for (const number of [0, Math.floor(runs / 2), runs - 1]) {
      const query = { run_id: seeded.runIds[number] ?? "" };
      const { run } = await api.call<{ run: RunAnswer }>(get("/runs/get", query));
      answers[`run ${number}`] = JSON.stringify(plainRun(run));
    }
    const all = { name: "all runs", filter: "", orderBy: [], maxResults: runs };
    for (const search of [all, ...standardSearches]) {
      const body = bodyOf(search, seeded.experimentIds);
      const { runs: found = [] } = await api.call<{ runs?: RunAnswer[] }>(post("/runs/search", body));
      answers[`search ${search.name}`] = digestOf(found.map(plainRun));
    }
    const history = { run_id: seeded.curveRun, metric_key: "loss", max_results: points };
    const { metrics } = await api.call<{ metrics: MetricAnswer[] }>(get("/metrics/get-history", history));
    answers.history = digestOf(metrics.map(plainMetric));
  } finally {
    api.close();
  }
  return answers;
}

/** Says where the answers of two servers differ. */
export function differences(own: Answers, others: Answers): string[] {
  return Object.keys(own).filter((asked) => own[asked] !== others[asked]);
}

/** Long ones by their digest, with how many there are. */
const digestOf = (list: readonly unknown[]): string =>
  `${list.length} ${createHash("sha256").update(JSON.stringify(list)).digest("hex")}`;

/** Without ids and places, which each server makes for itself, and in one order. */
function plainRun({ info, data = {} }: RunAnswer): unknown {
  const { run_name, status, start_time, end_time = 0, lifecycle_stage, user_id = "" } = info;
  return {
    info: [run_name, status, Number(start_time), Number(end_time), lifecycle_stage, user_id],
    metrics: (data.metrics ?? []).toSorted(byKey).map(plainMetric),
    params: (data.params ?? []).toSorted(byKey).map(({ key, value }) => [key, value]),
    tags: (data.tags ?? []).toSorted(byKey).map(({ key, value }) => [key, value]),
  };
}

const byKey = (a: Pair, b: Pair): number => (a.key < b.key ? -1 : 1);

const plainMetric = ({ key, value, step = 0, timestamp }: MetricAnswer) => [
  key,
  value === "NaN" ? value : Number(value),
  Number(step),
  Number(timestamp),
];
