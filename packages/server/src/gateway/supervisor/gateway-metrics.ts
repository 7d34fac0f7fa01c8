/**
 * What this gateway counted since it started, for Prometheus. It is kept here and not taken from the api's roll-ups, so
 * that it is true, and can be read, while everything else is down. One set of counters for each model version of a
 * deployment; those of versions that the config no longer has are dropped, so it does not grow.
 */
import { emptyLatency, type GatewayConfig, type GatewayReleaseStatus, mergeLatency } from "@pave/contract/gateway";
import {
  type Labels,
  latencySamples,
  type MetricFamily,
  processMetrics,
  renderExposition,
  type Sample,
} from "../../kernel/metrics/index.ts";
import { rssOf } from "../process-memory.ts";
import type { ReleaseCounters } from "../worker-messages.ts";
import type { GatewayStatus } from "./control-socket.ts";

export interface GatewayMoment {
  readonly config: GatewayConfig | undefined;
  readonly status: GatewayStatus;
  readonly releases: readonly GatewayReleaseStatus[];
  /** Windows of counters that the api has not taken yet. */
  readonly windowsWaiting: number;
}

type Counted = Pick<ReleaseCounters, "requests" | "rows" | "errors4xx" | "errors5xx" | "latency">;

interface Series extends Counted {
  readonly labels: Labels;
}

export class GatewayMetrics {
  readonly #series = new Map<string, Series>();
  #workersEnded = 0;

  /** Adds what workers counted; what belongs to nothing in the config is nobody's any more. */
  add(config: GatewayConfig | undefined, counters: readonly ReleaseCounters[]) {
    if (counters.length === 0) return;
    const places = placesOf(config);
    for (const next of counters) {
      const labels = places.get(next.releaseId);
      if (!labels) continue;
      const key = JSON.stringify(labels);
      this.#series.set(key, added(this.#series.get(key) ?? { labels, ...nothing() }, next));
    }
  }

  /** A version that comes into the config counts from 0 at once: a rate needs to know where it began. */
  follow(config: GatewayConfig) {
    const wanted = new Map([...placesOf(config).values()].map((labels) => [JSON.stringify(labels), labels]));
    for (const key of this.#series.keys()) if (!wanted.has(key)) this.#series.delete(key);
    for (const [key, labels] of wanted) if (!this.#series.has(key)) this.#series.set(key, { labels, ...nothing() });
  }

  countEndedWorker() {
    this.#workersEnded += 1;
  }

  async render(moment: GatewayMoment): Promise<string> {
    return renderExposition([
      ...processMetrics("gateway"),
      ...trafficFamilies([...this.#series.values()]),
      ...releaseFamilies(moment),
      ...(await partFamilies(moment, this.#workersEnded)),
    ]);
  }
}

const nothing = (): Counted => ({ requests: 0, rows: 0, errors4xx: 0, errors5xx: 0, latency: emptyLatency() });

const added = (a: Series, b: Counted): Series => ({
  labels: a.labels,
  requests: a.requests + b.requests,
  rows: a.rows + b.rows,
  errors4xx: a.errors4xx + b.errors4xx,
  errors5xx: a.errors5xx + b.errors5xx,
  latency: mergeLatency(a.latency, b.latency),
});

/** By release: its labels. Two releases of one model version share them. */
const placesOf = (config: GatewayConfig | undefined): ReadonlyMap<string, Labels> =>
  new Map(
    (config?.endpoints ?? []).flatMap(({ project, environment, deployment, releases }) =>
      releases.map(({ releaseId, modelVersion }) => [
        releaseId,
        { project, environment, deployment, model_version: modelVersion },
      ]),
    ),
  );

function trafficFamilies(series: readonly Series[]): MetricFamily[] {
  const requests = series.flatMap(({ labels, requests, errors4xx, errors5xx }): Sample[] => [
    { labels: { ...labels, code: "2xx" }, value: requests - errors4xx - errors5xx },
    { labels: { ...labels, code: "4xx" }, value: errors4xx },
    { labels: { ...labels, code: "5xx" }, value: errors5xx },
  ]);
  return [
    {
      name: "pave_gateway_requests_total",
      type: "counter",
      help: "Requests that were answered: 4xx are mistakes of the caller, 5xx are the endpoint's own.",
      samples: requests,
    },
    {
      name: "pave_gateway_rows_total",
      type: "counter",
      help: "Rows that models scored for callers.",
      samples: series.map(({ labels, rows }) => ({ labels, value: rows })),
    },
    {
      name: "pave_gateway_request_duration_seconds",
      type: "histogram",
      help: "Time that answers took, those of failed requests too.",
      samples: series.flatMap(({ labels, latency }) => latencySamples(labels, latency)),
    },
  ];
}

function releaseFamilies({ config, releases }: GatewayMoment): MetricFamily[] {
  const states = new Map(releases.map(({ releaseId, state }) => [releaseId, state]));
  const versions = (config?.endpoints ?? []).flatMap(({ project, environment, deployment, ...endpoint }) =>
    endpoint.releases.map(({ releaseId, modelName, modelVersion }) => ({
      releaseId,
      labels: { project, environment, deployment, model_version: modelVersion },
      model: modelName,
      weight: endpoint.weights.find((one) => one.releaseId === releaseId)?.weight ?? 0,
    })),
  );
  const gauge = (name: string, help: string, sample: (version: (typeof versions)[number]) => Sample[]) => ({
    name,
    type: "gauge" as const,
    help,
    samples: joined(versions.flatMap(sample)),
  });
  return [
    gauge("pave_gateway_release_info", "The model versions that this gateway holds.", ({ labels, model }) => [
      { labels: { ...labels, model }, value: 1 },
    ]),
    gauge("pave_gateway_traffic_weight_ratio", "The share of requests that a version is given.", (version) => [
      { labels: version.labels, value: version.weight / 100 },
    ]),
    gauge("pave_gateway_model_ready", "Whether the model is loaded and answers: 1, else 0.", (version) => [
      { labels: version.labels, value: states.get(version.releaseId) === "ready" ? 1 : 0 },
    ]),
    gauge("pave_gateway_model_failed", "Whether the model could not be loaded: 1, else 0.", (version) => [
      { labels: version.labels, value: states.get(version.releaseId) === "failed" ? 1 : 0 },
    ]),
  ];
}

/** A series stands once: where two releases serve one version, the larger of their values does. */
function joined(samples: readonly Sample[]): Sample[] {
  const byLabels = new Map<string, Sample>();
  for (const sample of samples) {
    const key = JSON.stringify(sample.labels);
    const before = byLabels.get(key);
    if (!before || before.value < sample.value) byLabels.set(key, sample);
  }
  return [...byLabels.values()];
}

async function partFamilies({ status, windowsWaiting }: GatewayMoment, ended: number): Promise<MetricFamily[]> {
  const gauge = (name: string, help: string, samples: readonly Sample[]): MetricFamily => ({
    name,
    type: "gauge",
    help,
    samples,
  });
  const memory = async (kind: string, parts: readonly { readonly pid?: number | undefined }[]): Promise<Sample> => ({
    labels: { kind },
    value: (await Promise.all(parts.map(({ pid }) => rssOf(pid)))).reduce((sum, bytes) => sum + bytes, 0),
  });
  const { workers, models, configVersion, contactAt } = status;
  return [
    gauge("pave_gateway_workers_ready", "Worker processes that answer callers.", [
      { value: workers.filter(({ isReady }) => isReady).length },
    ]),
    gauge("pave_gateway_workers_wanted", "Worker processes that there should be.", [{ value: status.workerCount }]),
    {
      name: "pave_gateway_workers_ended_total",
      type: "counter",
      help: "Worker processes that died or were stuck, and were replaced.",
      samples: [{ value: ended }],
    },
    gauge("pave_gateway_connections", "Open connections of callers.", [
      { value: workers.reduce((sum, { connections }) => sum + connections, 0) },
    ]),
    gauge("pave_gateway_children_resident_memory_bytes", "Memory of the processes below this one.", [
      await memory("worker", workers),
      await memory("model", models),
    ]),
    gauge("pave_gateway_config_version", "The version of the config that is served.", [{ value: configVersion ?? 0 }]),
    gauge(
      "pave_gateway_api_contact_timestamp_seconds",
      "When the api was last heard, in seconds since 1970; 0 when never.",
      [{ value: contactAt === null ? 0 : Date.parse(contactAt) / 1000 }],
    ),
    gauge("pave_gateway_windows_waiting", "Windows of counters that wait on disk for the api.", [
      { value: windowsWaiting },
    ]),
  ];
}
