import type { Truth, TruthSpan, TruthWindow } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { type DeploymentRow, findReleases, type ReleaseRow } from "../serving/index.ts";
import { newestContradictions } from "./contradictions-store.ts";
import { commonAnswers } from "./join-pending.ts";
import { ageQuantile } from "./label-age.ts";
import { sumCounts } from "./label-counts.ts";
import { measureTruth, mergeSums } from "./measure-truth.ts";
import { countPending } from "./outcomes-store.ts";
import { loggedReleases } from "./predictions-store.ts";
import { endOf, startOf, type TruthChange } from "./truth-changes.ts";
import { findTruthOff } from "./truth-finding.ts";
import { listTruthWindows, newestStarts, sumLogged } from "./truth-windows-store.ts";

const recentMs = 30 * 86_400_000;

export interface ShowTruth {
  readonly by: TruthSpan;
  readonly windows: number;
  /** Of the API, as callers reach it. */
  readonly apiUrl: string;
}

/** Predicted against actual, from sums by hour and day: the work is that of the windows shown, however many labels there were. */
export async function showTruth(ctx: Ctx, deployment: DeploymentRow, options: ShowTruth): Promise<Truth> {
  const { by } = options;
  const now = ctx.clock.now();
  const recent = new Date(now.getTime() - recentMs);
  const logged = await loggedReleases(ctx, deployment.id);
  const answers = commonAnswers(logged) ?? [...logged.values()].at(-1)?.answers;
  const releases = await findReleases(ctx, [...logged.keys()]);
  const delayMs = delayOf(deployment, releases);
  const windows = await readWindows(ctx, deployment.id, { ...options, delayMs, releases, kind: answers?.kind });
  const sums = await sumLogged(ctx, deployment.id, recent);
  const off = windows.findLast((window) => findTruthOff(answers?.kind ?? null, [window]));
  const finding = off && findTruthOff(answers?.kind ?? null, [off]);
  return {
    kind: answers?.kind ?? null,
    positive: answers?.kind === "binary" ? answers.positive : null,
    by,
    windows,
    markers: markersOf(windows, releases),
    delaySeconds: delayMs / 1000,
    logged: sums.logged,
    loggedShare: sums.seen === 0 ? null : Math.min(1, sums.logged / sums.seen),
    pending: await countPending(ctx, deployment.id),
    counts: await sumCounts(ctx, deployment.id, recent),
    contradictions: await newestContradictions(ctx, deployment.id),
    finding: finding ? { ...finding, text: findingText(off, finding.gap.value, by, answers?.kind) } : null,
    curl: curlLine(options.apiUrl, deployment, answers?.kind === "number" ? 12.5 : true),
  };
}

/** After this time labels are expected, as the release that is live says. */
function delayOf(deployment: DeploymentRow, releases: ReadonlyMap<string, ReleaseRow>): number {
  return releases.get(deployment.activeReleaseId ?? "")?.configuration.truthDelayMs ?? 0;
}

interface Reading {
  readonly by: TruthSpan;
  readonly windows: number;
  readonly delayMs: number;
  readonly releases: ReadonlyMap<string, ReleaseRow>;
  readonly kind: NonNullable<Truth["kind"]> | undefined;
}

async function readWindows(ctx: Ctx, deploymentId: string, reading: Reading): Promise<TruthWindow[]> {
  const { by } = reading;
  const starts = await newestStarts(ctx, deploymentId, by, reading.windows);
  const [first, last] = [starts.at(-1), starts[0]];
  if (!first || !last) return [];
  const span = by === "hour" ? "hour" : "day";
  const rows = await listTruthWindows(ctx, { deploymentId, span, from: first, to: endOf(by, last) });
  const matureAt = new Date(ctx.clock.now().getTime() - reading.delayMs);
  return starts.toReversed().map((start) => {
    const own = rows.filter((row) => startOf(by, row.start).getTime() === start.getTime());
    return windowOf(start, own, matureAt, reading);
  });
}

function windowOf(start: Date, rows: readonly TruthChange[], matureAt: Date, reading: Reading): TruthWindow {
  const sums = mergeSums(rows);
  const { rows: labelled, ...measured } = measureTruth(reading.kind, sums.truth, sums.labelled);
  // what was predicted in the last of these hours or days may still be within its delay: not counted as missing
  const missing = rows
    .filter((row) => endOf(row.span, row.start) <= matureAt)
    .reduce((sum, row) => sum + Math.max(0, row.logged - row.settled), 0);
  const [p50, p95] = [ageQuantile(sums.ages, 0.5), ageQuantile(sums.ages, 0.95)];
  const numbers = rows
    .filter((row) => row.labelled > 0)
    .flatMap(({ releaseId }) => reading.releases.get(releaseId)?.number ?? []);
  const values = Object.fromEntries(Object.entries(measured).map(([name, value]) => [name, finite(value) ?? null]));
  return {
    start: start.toISOString(),
    end: endOf(reading.by, start).toISOString(),
    releases: [...new Set(numbers)].sort((a, b) => a - b),
    rows: labelled,
    missing,
    coverage: labelled + missing === 0 ? null : labelled / (labelled + missing),
    labelAge: p50 === undefined || p95 === undefined ? null : { p50, p95 },
    ...(values as Pick<
      TruthWindow,
      | "actual"
      | "predicted"
      | "gap"
      | "accuracy"
      | "auc"
      | "brier"
      | "logLoss"
      | "meanAbsoluteError"
      | "rootMeanSquaredError"
    >),
  };
}

/** One row has no interval; JSON has no infinity. */
const finite = <T extends { value: number; low: number; high: number }>(estimate: T | undefined): T | undefined =>
  estimate && Number.isFinite(estimate.low) && Number.isFinite(estimate.high) ? estimate : undefined;

function markersOf(windows: readonly TruthWindow[], releases: ReadonlyMap<string, ReleaseRow>): Truth["markers"] {
  const seen = new Set<number>();
  const versions = new Map([...releases.values()].map(({ number, modelVersion }) => [number, String(modelVersion)]));
  return windows.flatMap(({ start, releases: numbers }) =>
    numbers
      .filter((number) => !seen.has(number) && seen.add(number))
      .map((release) => ({ at: start, release, modelVersion: versions.get(release) ?? "" })),
  );
}

function findingText({ start }: TruthWindow, gap: number, by: TruthSpan, kind: Truth["kind"] | undefined): string {
  const size = kind === "number" ? Math.abs(gap).toPrecision(3) : `${(Math.abs(gap) * 100).toFixed(1)} points`;
  const when = by === "hour" ? start.slice(0, 16) : start.slice(0, 10);
  return `In the ${by} of ${when} what came true was ${size} ${gap > 0 ? "above" : "below"} what was predicted, beyond chance`;
}

function curlLine(apiUrl: string, { project, environment, name }: DeploymentRow, value: unknown): string {
  const url = `${apiUrl}/api/v1/projects/${project}/deployments/${environment}/${name}/ground-truth`;
  const label = JSON.stringify({ predictionId: "PREDICTION_ID", value });
  return `curl -s ${url} -H "Authorization: Bearer $PAVE_TOKEN" -H "content-type: application/json" -d '${label}'`;
}
