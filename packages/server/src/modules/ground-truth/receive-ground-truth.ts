import {
  type GroundTruthAnswer,
  type GroundTruthCounts,
  groundTruthSchema,
  predictionTime,
  topics,
} from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { describeIssue } from "../../kernel/spec/index.ts";
import { recordEvent } from "../ledger/index.ts";
import type { DeploymentRow } from "../serving/index.ts";
import { countChange, plusCounts } from "./label-counts.ts";
import { countPending } from "./outcomes-store.ts";
import type { Retention } from "./retention.ts";
import { type Item, splitItems } from "./split-items.ts";
import { type Label, type LabelProblem, takeLabels } from "./take-labels.ts";

export interface ReceiveGroundTruth {
  readonly deployment: DeploymentRow;
  readonly correct: boolean;
  readonly body: AsyncIterable<Uint8Array>;
}

const batchLabels = 2000;
const maxProblems = 100;
/** Before that the database's calendar and ours differ, down to a year 0 that it does not know. */
const firstOutcomeAt = Date.UTC(1000, 0, 1);
/** Of one deployment: labels whose prediction is not known yet. */
const maxPending = 1_000_000;

/**
 * Takes a body of labels, of any length: a batch at a time, each committed by itself, in bounded memory. Sending a body
 * again changes nothing, so whoever is cut off sends it again. The ledger hears of it once.
 */
export async function receiveGroundTruth(
  ctx: Ctx,
  retention: Retention,
  { deployment, correct, body }: ReceiveGroundTruth,
): Promise<GroundTruthAnswer> {
  const receiving = new Receiving(ctx, retention, deployment, correct);
  try {
    for await (const item of splitItems(body)) await receiving.add(item);
    await receiving.flush();
  } finally {
    await receiving.record();
  }
  if (receiving.counts.received === 0)
    throw new PaveError("request.invalid", "body: expected at least one label, found none", {
      fix: 'Send lines like {"predictionId": "…", "value": true}.',
    });
  return { ...receiving.counts, problems: [...receiving.problems] };
}

class Receiving {
  readonly #ctx: Ctx;
  readonly #retention: Retention;
  readonly #deployment: DeploymentRow;
  readonly #correct: boolean;
  #labels: Label[] = [];
  /** Of items that came to nothing since the last batch. */
  #refused: Partial<GroundTruthCounts> = {};
  #waiting = 0;
  #pending: number | undefined;
  counts = countChange();
  readonly problems: LabelProblem[] = [];

  constructor(ctx: Ctx, retention: Retention, deployment: DeploymentRow, correct: boolean) {
    this.#ctx = ctx;
    this.#retention = retention;
    this.#deployment = deployment;
    this.#correct = correct;
  }

  async add(item: Item): Promise<void> {
    const read = this.#read(item);
    if ("kind" in read) {
      this.#refused[read.kind] = (this.#refused[read.kind] ?? 0) + 1;
      this.#refused.received = (this.#refused.received ?? 0) + 1;
      this.#note({ line: item.line, message: read.message });
    } else this.#labels.push(read);
    this.#waiting += 1;
    if (this.#waiting >= batchLabels) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#waiting === 0) return;
    const [labels, counted] = [this.#labels, this.#refused];
    this.#labels = [];
    this.#refused = {};
    this.#waiting = 0;
    const { id } = this.#deployment;
    const taken = await takeLabels(this.#ctx, { deploymentId: id, labels, correct: this.#correct, counted });
    this.counts = plusCounts(this.counts, taken.counts);
    for (const problem of taken.problems) this.#note(problem);
    if (taken.counts.pending === 0) return;
    // counted once for a body: later batches add up
    this.#pending =
      this.#pending === undefined
        ? await countPending(this.#ctx, id, maxPending)
        : this.#pending + taken.counts.pending;
    if (this.#pending >= maxPending) throw tooManyPending();
  }

  /** One event for a body: labels are data. */
  async record(): Promise<void> {
    const changed = (["accepted", "pending", "corrected", "contradicting"] as const).some(
      (name) => this.counts[name] > 0,
    );
    if (!changed) return;
    const { id, projectId, project, environment, name } = this.#deployment;
    await inTransaction(this.#ctx, async (ctx) => {
      await recordEvent(ctx, {
        type: "ground-truth.received",
        subjectType: "deployment",
        subjectId: id,
        projectId,
        data: { deployment: name, environment, counts: { ...this.counts } },
      });
      ctx.hint(topics.truth(project, environment, name));
    });
  }

  #note(problem: LabelProblem) {
    if (this.problems.length < maxProblems) this.problems.push(problem);
  }

  #read({ line, text }: Item): Label | { kind: "malformed" | "unknown" | "tooLate" | "wrongType"; message: string } {
    const value = jsonOf(text);
    if (value === undefined) return { kind: "malformed", message: `expected JSON, found ${text.slice(0, 60)}` };
    const parsed = groundTruthSchema.safeParse(value);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const place = issue?.path.join(".") || "label";
      const message = `${place}: ${issue ? describeIssue(groundTruthSchema, value, issue) : "not a label"}`;
      return { kind: place === "value" ? "wrongType" : "malformed", message };
    }
    const { predictionId, row, at } = parsed.data;
    const id = predictionId.toLowerCase();
    const time = predictionTime(id);
    const now = this.#ctx.clock.now();
    if (time === undefined || time > now.getTime() + 3_600_000)
      return {
        kind: "unknown",
        message: `predictionId: expected the id of an answer, found ${predictionId.slice(0, 60)}`,
      };
    if (this.#retention.isTooOld(time, now)) {
      const day = new Date(time).toISOString().slice(0, 10);
      return {
        kind: "tooLate",
        message: `${id}: the prediction is of ${day}, and predictions are kept for ${this.#retention.predictionDays} days`,
      };
    }
    const outcomeAt =
      at === undefined ? null : new Date(/Z|[+-]\d\d:\d\d$/.test(at) || at.length === 10 ? at : `${at}Z`);
    if (outcomeAt && !(outcomeAt.getTime() >= firstOutcomeAt))
      return { kind: "malformed", message: `at: expected a time since the year 1000, found ${at}` };
    if (outcomeAt && outcomeAt.getTime() > now.getTime() + 86_400_000)
      return { kind: "malformed", message: `at: expected a time that has passed, found ${at}` };
    return {
      line,
      deploymentId: this.#deployment.id,
      predictionId: id,
      row,
      predictedAt: new Date(time),
      value: parsed.data.value,
      at: outcomeAt,
    };
  }
}

const tooManyPending = () =>
  new PaveError("request.too_large", `${maxPending} labels wait for their predictions, the most there may be`, {
    fix: "Send labels of predictions that this deployment made; those that wait are forgotten after some days.",
  });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
