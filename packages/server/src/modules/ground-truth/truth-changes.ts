import type { ModelAnswers } from "@pave/contract";
import { addBinary, addLabel, addNumber, noTruth, type SummedTruth } from "@pave/contract/drift";
import { ageBucket } from "./label-age.ts";
import { isMeasurable } from "./outcome-value.ts";

/** One span of one release, as sums. */
export interface TruthSums {
  seen: number;
  logged: number;
  settled: number;
  labelled: number;
  readonly truth: SummedTruth;
  readonly ages: number[];
}

export interface TruthChange extends TruthSums {
  readonly deploymentId: string;
  readonly releaseId: string;
  readonly span: "hour" | "day";
  readonly start: Date;
}

/** A prediction with its outcome. */
export interface Settled {
  readonly deploymentId: string;
  readonly releaseId: string;
  readonly answers: ModelAnswers;
  readonly predictedAt: Date;
  readonly at: Date;
  readonly receivedAt: Date;
  readonly score: number | null;
  readonly label: string | null;
  readonly actual: string;
}

/** Collects what a batch changes, so that each row of sums is written once. */
export class TruthChanges {
  readonly #changes = new Map<string, TruthChange>();

  /** Sorted, so that writers lock rows in one order. */
  list(): readonly TruthChange[] {
    return [...this.#changes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change);
  }

  logged(key: { deploymentId: string; releaseId: string; at: Date }, counts: { seen: number; logged: number }) {
    for (const change of this.#at(key)) {
      change.seen += counts.seen;
      change.logged += counts.logged;
    }
  }

  /** `times`: -1 takes it out again. */
  settled(row: Settled, times: 1 | -1 = 1) {
    const { deploymentId, releaseId } = row;
    for (const change of this.#at({ deploymentId, releaseId, at: row.predictedAt })) change.settled += times;
    for (const change of this.#at({ deploymentId, releaseId, at: row.at })) {
      change.labelled += times;
      addTruth(change.truth, row, times);
      const bucket = ageBucket((row.receivedAt.getTime() - row.predictedAt.getTime()) / 1000);
      while (change.ages.length <= bucket) change.ages.push(0);
      change.ages[bucket] = (change.ages[bucket] ?? 0) + times;
    }
  }

  #at({ deploymentId, releaseId, at }: { deploymentId: string; releaseId: string; at: Date }): TruthChange[] {
    return (["hour", "day"] as const).map((span) => {
      const start = startOf(span, at);
      const key = `${deploymentId} ${releaseId} ${span} ${start.toISOString()}`;
      const found = this.#changes.get(key);
      if (found) return found;
      const made = { ...noSums(), deploymentId, releaseId, span, start };
      this.#changes.set(key, made);
      return made;
    });
  }
}

export const noSums = (): TruthSums => ({ seen: 0, logged: 0, settled: 0, labelled: 0, truth: noTruth(), ages: [] });

const lengthMs = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 } as const;

/** In UTC; a week begins on Monday, as 1970 did not. */
export function startOf(span: keyof typeof lengthMs, at: Date): Date {
  const offset = span === "week" ? 4 * lengthMs.day : 0;
  const length = lengthMs[span];
  return new Date(Math.floor((at.getTime() - offset) / length) * length + offset);
}

export const endOf = (span: keyof typeof lengthMs, start: Date): Date => new Date(start.getTime() + lengthMs[span]);

/** Rows without a score or label, or with a score beyond measure, count as labelled and no more. */
function addTruth(into: SummedTruth, { answers, score, label, actual }: Settled, times: number): void {
  const measured = score !== null && isMeasurable(score) ? score : null;
  if (answers.kind === "binary" && measured !== null) {
    const { positive } = answers;
    const row = { probability: measured, predicted: label === positive, actual: actual === positive };
    addBinary(into, row, times);
  }
  if (answers.kind === "label" && label !== null) addLabel(into, label === actual, times);
  if (answers.kind === "number" && measured !== null)
    addNumber(into, { predicted: measured, actual: Number(actual) }, times);
}
