/**
 * Compares what a candidate answers with what stable answers on concurrent traffic, for a rollout's abort conditions.
 *
 * A rollout looks again and again at few rows, so a plain PSI aborts by chance: between 50 and 950 predictions over ten
 * cells, 0.19 is its mean for a model against itself. `predictionPsi` therefore is
 * - an estimate of the real distance: PSI less its mean without difference, (1/n + 1/m)(B − 1);
 * - 0 until there is evidence: PSI and Pearson's chi-square must both be beyond chance;
 * - judged by an α that is spent over looks: a tenth more rows is a new look, and look k may err with α/(k(k + 1)),
 *   which sums to α over any number of them. Looks in between see nearly the same rows.
 * What was measured, and what chance would give, stand beside it. Without rows enough it is null: no verdict.
 *
 * All steps so far are compared together, as each alone has few rows. Their shares of traffic differ, and traffic itself
 * changes with the hours, so a step counts alike on both sides: by n·m/(n + m) of its rows (Cochran, Biometrics 10, 1954),
 * which makes 1/n + 1/m of the whole as small as it can be. So another step never takes away from what was known, and no
 * row counts for more than another by more than the shares of traffic differ.
 *
 * Predictions of one request with many rows are less independent than this takes them for: a rollout should ask for
 * requests as well as for rows.
 */
import type { ColumnCounts, CountedWindow } from "../counts/column-counts.ts";
import { levelCounts } from "../counts/level-counts.ts";
import { count, decimal } from "../math/format.ts";
import { compareColumn } from "../statistics/compare-column.ts";
import { meanDifference } from "../statistics/mean-difference.ts";
import { psiP } from "../statistics/no-drift.ts";
import type { Estimate } from "../statistics/proportions.ts";
import { compareRare } from "./compare-rare.ts";

export interface PredictionComparison {
  /** `no-predictions`: the profile knows none. `too-few-rows`: no verdict yet. `alike`: no evidence of a difference. */
  readonly status: "no-predictions" | "too-few-rows" | "alike" | "different";
  readonly reason: string;
  readonly rows: { readonly stable: number; readonly candidate: number };
  /** For abort conditions. Null: inconclusive. */
  readonly predictionPsi: number | null;
  /** As measured, with whatever chance adds. */
  readonly psi: number | null;
  /** PSI that a model compared with itself would stay below at this look; null where all predictions lie in one cell. */
  readonly chancePsi: number | null;
  readonly p: number | null;
  /** Candidate less stable, with its interval, and both means; null for labels. */
  readonly meanDifference: (Estimate & { readonly stable: number; readonly candidate: number }) | null;
}

/** What both answered over a time in which traffic was shared in one way. */
export interface ConcurrentCounts {
  readonly stable: CountedWindow;
  readonly candidate: CountedWindow;
}

export interface ComparePredictionsOptions {
  /** Of each side. */
  readonly minRows?: number;
  /** How often a whole rollout of a model against itself may come to `different`. */
  readonly alpha?: number;
  /** Of the interval of the means. */
  readonly confidence?: number;
}

/** `steps`: at least one; all counted against one profile. */
export function comparePredictions(
  steps: readonly ConcurrentCounts[],
  { minRows = 50, alpha = 0.01, confidence = 0.95 }: ComparePredictionsOptions = {},
): PredictionComparison {
  const nothing = { predictionPsi: null, psi: null, chancePsi: null, p: null, meanDifference: null };
  const profile = steps[0]?.stable.profile;
  const column = profile?.prediction;
  if (!column || steps.some((step) => [step.stable, step.candidate].some((one) => one.profile.id !== profile?.id))) {
    const reason = column ? "the versions were counted against different profiles" : "the predictions are not profiled";
    return { status: "no-predictions", reason, rows: { stable: 0, candidate: 0 }, ...nothing };
  }
  const { before, now, rows } = levelSteps(steps);
  // weighed rows are sums of fractions
  if (Math.min(before.present, now.present) < minRows - 1e-6) {
    const reason = `${count(rows.candidate)} predictions of the candidate and ${count(rows.stable)} of stable, a comparison needs ${count(minRows)} of each`;
    return { status: "too-few-rows", reason, rows, ...nothing };
  }

  const lookAlpha = alphaOfLook(alpha, Math.min(rows.stable, rows.candidate), minRows);
  const difference = meansOf(before, now, confidence);
  const options = { confidence: 1 - lookAlpha };
  const compared =
    compareColumn(column, before, now, options) ??
    compareColumn(column, before, now, { ...options, joinsNeighbours: true });
  const found = compared
    ? { ...compared, p: Math.max(psiP(compared.psi, compared), compared.chiSquare.p) }
    : compareRare(before, now, { alpha: lookAlpha });
  if (!found) {
    const reason = `all ${count(rows.candidate)} and ${count(rows.stable)} predictions fall into one cell`;
    return { status: "alike", reason, rows, ...nothing, predictionPsi: 0, meanDifference: difference };
  }
  const { psi, effect, chancePsi, p } = found;
  const isDifferent = p < lookAlpha;
  const means = difference
    ? `; their means are ${decimal(difference.candidate)} and ${decimal(difference.stable)}`
    : "";
  const few = compared ? "" : ", most of which fall into one cell";
  const reason = `PSI ${decimal(psi)} between ${count(rows.candidate)} predictions of the candidate and ${count(rows.stable)} of stable${few}, where a model against itself stays below ${decimal(chancePsi)}${means}`;
  return {
    status: isDifferent ? "different" : "alike",
    reason,
    rows,
    predictionPsi: isDifferent ? effect : 0,
    psi,
    chancePsi,
    p,
    meanDifference: difference,
  };
}

/** Steps in which only one of both has answered compare nothing, and are left out where others do. */
function levelSteps(steps: readonly ConcurrentCounts[]): {
  readonly before: ColumnCounts;
  readonly now: ColumnCounts;
  /** As they were counted. */
  readonly rows: PredictionComparison["rows"];
} {
  const all = steps.flatMap(({ stable, candidate }) => {
    const [before, now] = [stable.prediction(), candidate.prediction()];
    return before && now ? [{ before, now }] : [];
  });
  const both = all.filter(({ before, now }) => before.present > 0 && now.present > 0);
  const counted = both.length > 0 ? both : all;
  const rowsOf = (side: "before" | "now") => counted.reduce((sum, step) => sum + step[side].present, 0);
  const sizes = both.map(({ before, now }) => (before.present * now.present) / (before.present + now.present));
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  const level = (side: "before" | "now") =>
    levelCounts(both.map((step, index) => ({ counts: step[side], weight: (sizes[index] ?? 0) / whole })));
  return {
    before: level("before"),
    now: level("now"),
    rows: { stable: rowsOf("before"), candidate: rowsOf("now") },
  };
}

/** So many times the rows make another look. */
const lookGrowth = 1.1;

function alphaOfLook(alpha: number, rows: number, minRows: number): number {
  const look = 1 + Math.floor(Math.log(rows / minRows) / Math.log(lookGrowth));
  return alpha / (look * (look + 1));
}

function meansOf(
  stable: ColumnCounts,
  candidate: ColumnCounts,
  confidence: number,
): PredictionComparison["meanDifference"] {
  if (!stable.numbers || !candidate.numbers) return null;
  const sides = [
    { ...candidate.numbers, rows: candidate.present },
    { ...stable.numbers, rows: stable.present },
  ] as const;
  const difference = meanDifference(...sides, confidence);
  if (!difference) return null;
  const { value, low, high } = difference;
  return { value, low, high, stable: stable.numbers.mean, candidate: candidate.numbers.mean };
}
