/*
 * What a canary does next. Pure: the caller holds the deployment's lock, so what is decided is what happens.
 *
 *   preparing ─► stepping ─► … ─► shifting ─► completed
 *                 │    ▲
 *                 ▼    │
 *                paused          by a person, or for want of a verdict once the step has had its time
 *
 *   preparing, stepping, paused, shifting ─► aborted     a condition fires, there is no verdict within maxWait, or a
 *                                                        person says so; the same transaction restores the weights
 *   preparing ─► failed                                  a gateway cannot load it: no traffic ever moved
 *
 * A condition that fires comes before everything else, also while a person has paused the rollout. A crash between two
 * looks changes nothing; a share of traffic that nobody renews ends with its lease, and comes back when somebody does.
 */
import type { RolloutSettings, RolloutVerdict } from "@pave/contract";
import { must } from "../../kernel/pave-error.ts";
import { parseDurationMs } from "../../kernel/time.ts";

export interface CanaryState {
  readonly state: "stepping" | "paused";
  /** Index into `settings.canary`. */
  readonly step: number;
  readonly stepStartedAt: Date;
  readonly pausedBy: "person" | "inconclusive" | null;
  readonly pausedAt: Date | null;
}

/** What the last look at the step says. */
export interface Look {
  readonly verdict: RolloutVerdict;
  /** One sentence. */
  readonly reason: string;
}

export type CanaryMove =
  | { readonly move: "wait" }
  | { readonly move: "step"; readonly to: number }
  | { readonly move: "shift" }
  | { readonly move: "pause"; readonly because: string }
  | { readonly move: "abort"; readonly because: string };

export function nextMove(canary: CanaryState, settings: RolloutSettings, look: Look, now: Date): CanaryMove {
  if (look.verdict === "fail") return { move: "abort", because: look.reason };
  if (canary.pausedBy === "person" || now < dueAt(canary, settings)) return { move: "wait" };
  if (look.verdict === "pass") {
    const to = canary.step + 1;
    return (settings.canary[to] ?? 100) < 100 ? { move: "step", to } : { move: "shift" };
  }
  if (settings.onInconclusive === "abort") return { move: "abort", because: look.reason };
  const until = abortsAt(canary, settings);
  if (until === null) return { move: "pause", because: look.reason };
  if (now >= until) return { move: "abort", because: `no verdict within ${settings.maxWait}: ${look.reason}` };
  return { move: "wait" };
}

/** When the step has had its time. */
export const dueAt = ({ stepStartedAt }: Pick<CanaryState, "stepStartedAt">, { every }: RolloutSettings): Date =>
  new Date(stepStartedAt.getTime() + milliseconds(every));

/** When it is aborted without a verdict; null while it does not wait for one. */
export const abortsAt = (
  { pausedBy, pausedAt }: Pick<CanaryState, "pausedBy" | "pausedAt">,
  { maxWait }: RolloutSettings,
): Date | null =>
  pausedBy === "inconclusive" && pausedAt !== null ? new Date(pausedAt.getTime() + milliseconds(maxWait)) : null;

/** Short steps are looked at each second, long ones twenty times, and each at least every ten seconds. */
export const lookEveryMs = ({ every }: RolloutSettings): number =>
  Math.min(10_000, Math.max(1_000, milliseconds(every) / 20));

const milliseconds = (duration: string): number => must(parseDurationMs(duration), `duration ${duration}`);
