import { type Ctx, inTransaction } from "../../db/context.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import {
  type DeploymentKey,
  type DeploymentRow,
  findRelease,
  findRolloutByNumber,
  getDeployment,
  listRollouts,
  type RolloutRow,
  updateRollout,
} from "../serving/index.ts";
import { abortRollout } from "./abort-rollout.ts";
import { recordRelease } from "./record-release.ts";
import { advanceRollout, lockRollout, shift } from "./rollout.ts";

export interface RolloutKey extends DeploymentKey {
  readonly number: number;
}

export interface MoveRollout extends RolloutKey {
  readonly reason: string;
}

/** What people may do to a rollout that is on. */
export type RolloutVerb = "pause" | "resume" | "abort" | "promote";

export async function getRollout(
  ctx: Ctx,
  key: RolloutKey,
): Promise<{ deployment: DeploymentRow; rollout: RolloutRow }> {
  const deployment = await getDeployment(ctx, key);
  const rollout = await findRolloutByNumber(ctx, deployment.id, key.number);
  if (rollout) return { deployment, rollout };
  const [last] = await listRollouts(ctx, deployment.id, 1);
  throw new PaveError("rollout.not_found", `${key.name} in ${key.environment} has no rollout ${key.number}`, {
    fix: last ? `They are numbered from 1 to ${last.number}.` : "Nothing was released there yet.",
  });
}

/** Pauses, resumes, aborts or promotes; refused with the reason where the rollout is in another state by now. */
export async function moveRollout(ctx: Ctx, verb: RolloutVerb, input: MoveRollout): Promise<void> {
  const { id } = (await getRollout(ctx, input)).rollout;
  await inTransaction(ctx, async (ctx) => {
    const { deployment, rollout } = await lockRollout(ctx, id);
    const refused = whyNot(verb, rollout);
    if (refused) throw new PaveError("rollout.not_open", refused, { fix: "See it with `pave deployments show`." });
    await moves[verb](ctx, deployment, rollout, input.reason);
  });
  if (verb === "promote") await advanceRollout(ctx, id);
}

/** Why the rollout cannot be moved so as it is; undefined where it can. */
export function whyNot(verb: RolloutVerb, { kind, state, number, pausedBy }: RolloutRow): string | undefined {
  const it = `Rollout ${number}`;
  if (kind === "rollback") return `${it} is a rollback, which goes to its end at once`;
  if (state === "completed" || state === "aborted" || state === "failed") return `${it} is ${state} already`;
  if (verb === "abort") return undefined;
  if (kind !== "canary") return `${it} is no canary: all traffic moves at once`;
  if (state === "preparing") return `${it} has no traffic yet: gateways load the model`;
  if (state === "shifting") return `${it} has all of the traffic already`;
  if (verb === "pause" && pausedBy === "person") return `${it} is paused already`;
  if (verb === "resume" && state !== "paused") return `${it} is not paused`;
  return undefined;
}

type Move = (ctx: Ctx, deployment: DeploymentRow, rollout: RolloutRow, reason: string) => Promise<void>;

const moves: Readonly<Record<RolloutVerb, Move>> = {
  async pause(ctx, deployment, rollout, reason) {
    const message = reason || null;
    await updateRollout(ctx, rollout.id, { state: "paused", pausedBy: "person", pausedAt: ctx.clock.now(), message });
    await record(ctx, "rollout.paused", deployment, rollout, { by: "person", because: reason });
  },
  /** One that waited for a verdict waits from anew. */
  async resume(ctx, deployment, rollout, reason) {
    await updateRollout(ctx, rollout.id, { state: "stepping", pausedBy: null, pausedAt: null, message: null });
    await record(ctx, "rollout.resumed", deployment, rollout, { because: reason });
  },
  abort: (ctx, deployment, rollout, reason) =>
    abortRollout(ctx, deployment, rollout, { by: "person", because: reason }),
  async promote(ctx, deployment, rollout, reason) {
    await record(ctx, "rollout.promoted", deployment, rollout, { because: reason });
    await shift(ctx, deployment, rollout);
  },
};

async function record(
  ctx: Ctx,
  type: string,
  deployment: DeploymentRow,
  rollout: RolloutRow,
  data: Record<string, unknown>,
): Promise<void> {
  const release = must(await findRelease(ctx, rollout.releaseId), "the release");
  await recordRelease(ctx, type, deployment, release, { rollout: rollout.number, step: rollout.step + 1, ...data });
}
