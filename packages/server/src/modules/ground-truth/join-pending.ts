import { type Ctx, inTransaction } from "../../db/context.ts";
import { addCounts, countChange } from "./label-counts.ts";
import { fitValue } from "./outcome-value.ts";
import {
  deleteOutcomes,
  deploymentsWithPending,
  holdOutcomes,
  listPending,
  type Outcome,
  updateOutcomes,
} from "./outcomes-store.ts";
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

/** Joins labels that came before the predictions of those keys. In the caller's transaction. */
export async function joinPending(ctx: Ctx, deploymentId: string, keys: readonly PredictionKey[]): Promise<void> {
  const [first] = await listPending(ctx, deploymentId, { limit: 1 });
  if (!first) return;
  const held = await holdOutcomes(ctx, deploymentId, keys);
  const waiting = [...held.values()].filter(({ releaseId }) => releaseId === null);
  if (waiting.length === 0) return;
  const predictions = await findPredictions(ctx, deploymentId, waiting);
  await settle(ctx, deploymentId, waiting, predictions);
}

const batch = 2000;

/** Longer than what is received takes to be committed. */
const overlapMs = 600_000;

/**
 * Joins what came at the same moment as its prediction, when neither could see the other. Once a minute is plenty: the
 * first time it looks at all that waits, then at what came since. Predictions that come later find their labels.
 */
export function createPendingJoiner(): (ctx: Ctx) => Promise<void> {
  let since = new Date(0);
  return async (ctx) => {
    const next = new Date(ctx.clock.now().getTime() - overlapMs);
    for (const deploymentId of await deploymentsWithPending(ctx, since)) await joinSince(ctx, deploymentId, since);
    since = next;
  };
}

async function joinSince(ctx: Ctx, deploymentId: string, since: Date): Promise<void> {
  let last: Outcome | undefined;
  do {
    last = await inTransaction(ctx, async (ctx) => {
      const pending = await listPending(ctx, deploymentId, { limit: batch, since, after: last });
      const predictions = await findPredictions(ctx, deploymentId, pending);
      const found = pending.filter((outcome) => predictions.has(keyText(outcome)));
      const held = await holdOutcomes(ctx, deploymentId, found);
      const waiting = [...held.values()].filter(({ releaseId }) => releaseId === null);
      await settle(ctx, deploymentId, waiting, predictions);
      return pending.length === batch ? pending.at(-1) : undefined;
    });
  } while (last);
}

async function settle(
  ctx: Ctx,
  deploymentId: string,
  waiting: readonly Outcome[],
  predictions: ReadonlyMap<string, Prediction>,
): Promise<void> {
  if (waiting.length === 0) return;
  const releases = await loggedReleases(ctx, deploymentId);
  const changes = new TruthChanges();
  const joined: Outcome[] = [];
  const unfit: Outcome[] = [];
  for (const outcome of waiting) {
    const prediction = predictions.get(keyText(outcome));
    const answers = releases.get(prediction?.releaseId ?? "")?.answers;
    if (!prediction || !answers) continue;
    const actual = fitValue(answers, outcome.actual);
    if (actual === undefined) {
      unfit.push(outcome);
      continue;
    }
    const { releaseId, score, label } = prediction;
    joined.push({ ...outcome, actual, releaseId, score, label });
    changes.settled({ ...outcome, actual, releaseId, score, label, answers });
  }
  await updateOutcomes(ctx, joined);
  await deleteOutcomes(ctx, unfit);
  await addTruthWindows(ctx, changes.list());
  await addCounts(ctx, deploymentId, {
    ...countChange(),
    accepted: joined.length,
    pending: -joined.length - unfit.length,
    wrongType: unfit.length,
  });
}

/** What any label of the deployment must be; undefined where its releases answer in different ways, or none is known. */
export function commonAnswers(releases: ReadonlyMap<string, LoggedReleaseRow>) {
  const all = [...releases.values()].map(({ answers }) => answers);
  const [first] = all;
  return first && all.every((answers) => JSON.stringify(answers) === JSON.stringify(first)) ? first : undefined;
}
