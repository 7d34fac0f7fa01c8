import type { GroundTruthCounts } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { noteContradictions } from "./contradictions-store.ts";
import { commonAnswers } from "./join-pending.ts";
import { addCounts, countChange } from "./label-counts.ts";
import { expectedValue, fitValue, type OutcomeValue } from "./outcome-value.ts";
import { findOutcomes, holdOutcomes, insertOutcomes, type Outcome, updateOutcomes } from "./outcomes-store.ts";
import { dayOf, ensureDays } from "./partitions.ts";
import {
  findPredictions,
  keyText,
  type LoggedReleaseRow,
  loggedReleases,
  type Prediction,
  type PredictionKey,
} from "./predictions-store.ts";
import { TruthChanges } from "./truth-changes.ts";
import { addTruthWindows } from "./truth-windows-store.ts";

export interface Label extends PredictionKey {
  readonly line: number;
  readonly value: OutcomeValue;
  /** Null: the time of the prediction. */
  readonly at: Date | null;
}

export interface LabelProblem {
  readonly line: number;
  readonly message: string;
}

export interface Taken {
  readonly counts: GroundTruthCounts;
  readonly problems: readonly LabelProblem[];
}

export interface TakeLabels {
  readonly deploymentId: string;
  readonly labels: readonly Label[];
  /** Another value than before takes its place. */
  readonly correct: boolean;
  /** What the caller has counted of the same batch already. */
  readonly counted?: Partial<GroundTruthCounts>;
}

/**
 * Takes a batch of labels in one transaction: all of it or nothing. Taking it again changes nothing. The first value of
 * a label stays unless it is corrected, and whatever says otherwise is kept beside it.
 */
export async function takeLabels(ctx: Ctx, input: TakeLabels): Promise<Taken> {
  await ensureDays(ctx, new Set(input.labels.map(({ predictedAt }) => dayOf(predictedAt))));
  return inTransaction(ctx, async (ctx) => {
    const batch = new Batch(ctx, input, await loggedReleases(ctx, input.deploymentId));
    await batch.take();
    await addCounts(ctx, input.deploymentId, batch.counts);
    return { counts: batch.counts, problems: batch.problems };
  });
}

type LinedOutcome = Outcome & { readonly line: number };

class Batch {
  readonly #ctx: Ctx;
  readonly #input: TakeLabels;
  readonly #releases: ReadonlyMap<string, LoggedReleaseRow>;
  readonly #changes = new TruthChanges();
  readonly #contradicting: { readonly outcome: LinedOutcome; readonly kept: string }[] = [];
  readonly counts: { -readonly [K in keyof GroundTruthCounts]: GroundTruthCounts[K] };
  readonly problems: LabelProblem[] = [];

  constructor(ctx: Ctx, input: TakeLabels, releases: ReadonlyMap<string, LoggedReleaseRow>) {
    this.#ctx = ctx;
    this.#input = input;
    this.#releases = releases;
    this.counts = { ...countChange(), ...input.counted };
    this.counts.received += input.labels.length;
  }

  async take(): Promise<void> {
    const { deploymentId } = this.#input;
    const labels = await this.#unsaid();
    const predictions = await findPredictions(this.#ctx, deploymentId, labels);
    await this.#store(this.#once(this.#fit(labels, predictions)));
    await addTruthWindows(this.#ctx, this.#changes.list());
    await noteContradictions(this.#ctx, this.#contradicting);
    for (const { outcome, kept } of this.#contradicting)
      this.problems.push({
        line: outcome.line,
        message: `${outcome.predictionId} row ${outcome.row}: there is ${kept} already, found ${outcome.actual}; the first stays`,
      });
  }

  /**
   * Without what was said before in the same words, so that sending a body again costs one look for each label. Of a
   * batch that corrects, the last counts, also where it says what is there already.
   */
  async #unsaid(): Promise<readonly Label[]> {
    const { deploymentId, labels, correct } = this.#input;
    if (correct) return labels;
    const said = await findOutcomes(this.#ctx, deploymentId, labels);
    const unsaid = labels.filter((label) => {
      const known = said.get(keyText(label));
      const answers = known?.releaseId ? this.#releases.get(known.releaseId)?.answers : undefined;
      return !answers || fitValue(answers, label.value) !== known?.actual;
    });
    this.counts.duplicate += labels.length - unsaid.length;
    return unsaid;
  }

  /** As rows, without those whose value their model cannot answer. */
  #fit(labels: readonly Label[], predictions: ReadonlyMap<string, Prediction>): LinedOutcome[] {
    const common = commonAnswers(this.#releases);
    const receivedAt = this.#ctx.clock.now();
    return labels.flatMap(({ value, at, ...key }) => {
      const prediction = predictions.get(keyText(key));
      const answers = prediction ? this.#releases.get(prediction.releaseId)?.answers : common;
      const actual = answers ? fitValue(answers, value) : String(value);
      if (answers && actual === undefined) {
        this.counts.wrongType += 1;
        const found = `${typeof value} ${JSON.stringify(value)}`;
        this.problems.push({
          line: key.line,
          message: `value: expected ${expectedValue(answers)}, found the ${found.slice(0, 100)}`,
        });
        return [];
      }
      const { releaseId = null, score = null, label = null } = prediction ?? {};
      return [{ ...key, at: at ?? key.predictedAt, actual: actual ?? "", receivedAt, releaseId, score, label }];
    });
  }

  /** Where a batch says more than one thing about a row, the first counts, or the last when it corrects. */
  #once(outcomes: readonly LinedOutcome[]): readonly LinedOutcome[] {
    const kept = new Map<string, LinedOutcome>();
    for (const outcome of outcomes) {
      const key = keyText(outcome);
      const first = kept.get(key);
      if (!first) kept.set(key, outcome);
      else if (first.actual === outcome.actual) this.counts.duplicate += 1;
      else if (this.#input.correct) {
        this.counts.corrected += 1;
        kept.set(key, outcome);
      } else {
        this.counts.contradicting += 1;
        this.#contradicting.push({ outcome, kept: first.actual });
      }
    }
    return [...kept.values()];
  }

  async #store(outcomes: readonly LinedOutcome[]): Promise<void> {
    const fresh = await insertOutcomes(this.#ctx, outcomes);
    for (const outcome of outcomes) {
      if (!fresh.has(keyText(outcome))) continue;
      if (outcome.releaseId === null) this.counts.pending += 1;
      else this.counts.accepted += 1;
      this.#count(outcome, 1);
    }
    const others = outcomes.filter((outcome) => !fresh.has(keyText(outcome)));
    if (others.length > 0) await this.#compare(others);
  }

  /** With what is there already. */
  async #compare(outcomes: readonly LinedOutcome[]): Promise<void> {
    const { deploymentId, correct } = this.#input;
    const there = await holdOutcomes(this.#ctx, deploymentId, outcomes);
    const corrected: Outcome[] = [];
    for (const outcome of outcomes) {
      const known = there.get(keyText(outcome));
      if (!known) continue;
      const isSame = known.actual === outcome.actual;
      if (isSame && !(correct && known.at.getTime() !== outcome.at.getTime())) {
        this.counts.duplicate += 1;
      } else if (correct) {
        this.counts.corrected += 1;
        // joined as it is known to be by now
        const { releaseId, score, label } = outcome.releaseId === null ? known : outcome;
        const next = { ...outcome, releaseId, score, label };
        corrected.push(next);
        this.#count(known, -1);
        this.#count(next, 1);
      } else {
        this.counts.contradicting += 1;
        this.#contradicting.push({ outcome, kept: known.actual });
      }
    }
    await updateOutcomes(this.#ctx, corrected);
  }

  #count(outcome: Outcome, times: 1 | -1) {
    if (outcome.releaseId === null) return;
    const answers = this.#releases.get(outcome.releaseId)?.answers;
    if (answers) this.#changes.settled({ ...outcome, releaseId: outcome.releaseId, answers }, times);
  }
}
