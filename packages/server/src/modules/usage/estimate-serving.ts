/*
 * What keeping deployments alive for a month takes, from what was measured of their models and their traffic:
 *
 *   memory      what each loaded model added to the process that checked it, in every gateway process, all month
 *   CPU time    requests a month × CPU time of a request
 *   a request   (mean time in the gateway − rows × the live model's time for a row) + rows × the new model's
 *
 * The term in brackets is the gateway's share, which stays when the model changes. Times are those of a clock, so that
 * waiting counts as work: on a busy machine the CPU time is an upper bound. Energy is that of `modelEnergyJoules`.
 * What an idle gateway and the rest of the platform use is nobody's deployment and not in it.
 */
import type { Footprint, PlanEstimate } from "@pave/contract";
import { modelEnergyJoules } from "../../kernel/energy.ts";
import { costOf, gramsOf, type Rates } from "./rates.ts";

/** Of an average month, 365 / 12 days. */
const daysPerMonth = 365 / 12;

export interface LoadedModel {
  /** In words: `flight-delays version 2`. */
  readonly name: string;
  readonly heldBytes: number | null;
  /** Median time of one row. */
  readonly rowMs: number | null;
}

export interface MeasuredTraffic {
  readonly requests: number;
  readonly rows: number;
  /** Time of all requests in the gateway. */
  readonly totalMs: number;
  /** That it was counted in. */
  readonly days: number;
}

export interface ServedDeployment {
  /** What gateways hold, the one that serves first; empty where nothing is released. */
  readonly now: readonly LoadedModel[];
  readonly after: readonly LoadedModel[];
  readonly traffic: MeasuredTraffic;
}

export interface EstimateServing {
  readonly deployments: readonly ServedDeployment[];
  /** Each holds every model. */
  readonly gatewayProcesses: number;
  readonly rates: Rates;
}

export function estimateServing(input: EstimateServing): Omit<PlanEstimate, "once"> {
  const { deployments } = input;
  const runsNow = deployments.some(({ now }) => now.length > 0);
  return {
    ...footprintOf(input, "after"),
    now: runsNow ? footprintOf(input, "now") : null,
    method: methodOf(input),
  };
}

function footprintOf({ deployments, gatewayProcesses, rates }: EstimateServing, side: "now" | "after"): Footprint {
  let cpuSeconds = 0;
  let memoryBytes = 0;
  for (const deployment of deployments) {
    const [serving] = deployment[side];
    const held = heldBytes(deployment[side]);
    if (held === null) return { costPerMonthUsd: null, gramsCo2ePerMonth: null };
    memoryBytes += held * gatewayProcesses;
    if (serving) cpuSeconds += (requestsPerMonth(deployment.traffic) * requestMs(deployment, serving)) / 1000;
  }
  const usage = { cpuSeconds, wallSeconds: daysPerMonth * 24 * 3600, peakMemoryBytes: memoryBytes };
  return { costPerMonthUsd: costOf(usage, rates), gramsCo2ePerMonth: gramsOf(modelEnergyJoules(usage), rates) };
}

/** Null where that of one of them is not known. */
const heldBytes = (models: readonly LoadedModel[]): number | null =>
  models.reduce<number | null>(
    (sum, model) => (sum === null || model.heldBytes === null ? null : sum + model.heldBytes),
    0,
  );

const requestsPerMonth = ({ requests, days }: MeasuredTraffic): number => (requests / days) * daysPerMonth;

/** Of one request served by this model. The mean that was measured, where the models' own times are not known. */
function requestMs({ now, traffic }: ServedDeployment, serving: LoadedModel): number {
  if (traffic.requests === 0) return 0;
  const meanMs = traffic.totalMs / traffic.requests;
  const measuredRowMs = now[0]?.rowMs ?? null;
  if (measuredRowMs === null || serving.rowMs === null) return meanMs;
  const rows = traffic.rows / traffic.requests;
  return Math.max(0, meanMs - rows * measuredRowMs) + rows * serving.rowMs;
}

function methodOf({ deployments, gatewayProcesses, rates }: EstimateServing): string {
  const models = deployments.flatMap(({ after }) => after);
  const unknown = models.find((model) => model.heldBytes === null);
  if (unknown) return `No estimate: the memory of ${unknown.name} was not measured when it was registered`;
  const megabytes = (heldBytes(models) ?? 0) / 1e6;
  const loaded = `${round(megabytes)} MB of loaded models in ${counted(gatewayProcesses, "gateway process", "es")}`;
  const atRates = `at ${rates.gramsCo2ePerKwh} g CO₂e per kWh, $${rates.cpuHourUsd} per CPU hour and $${rates.gibHourUsd} per GiB hour`;
  return `${trafficOf(deployments)}${loaded}, ${atRates}`;
}

function trafficOf(deployments: readonly ServedDeployment[]): string {
  const counts = deployments.map(({ traffic }) => traffic);
  const requests = counts.reduce((sum, traffic) => sum + traffic.requests, 0);
  if (requests === 0) return "No traffic yet, memory only: ";
  const monthly = counts.reduce((sum, traffic) => sum + requestsPerMonth(traffic), 0);
  const days = Math.max(...counts.map((traffic) => traffic.days));
  return `${whole(monthly)} requests a month (${whole(requests)} in ${counted(round(days), "day", "s")}) and `;
}

const round = (value: number): number => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
const whole = (value: number): string => new Intl.NumberFormat("en", { maximumFractionDigits: 0 }).format(value);
const counted = (count: number, noun: string, plural: string): string => `${count} ${noun}${count === 1 ? "" : plural}`;
