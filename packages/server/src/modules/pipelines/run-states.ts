/*
 * The states of run, step and attempt, and every move between them. All moves are decided here and written by
 * `settle-run`, `start-step` and `finish-attempt` under the lock of the run's row, so two reconcilers do no double work.
 *
 *   run      queued ─▶ running ─▶ succeeded | failed | cancelled      (failed, cancelled ─▶ running by a retry)
 *   step     pending ─▶ ready ─▶ running ─▶ succeeded | failed | cancelled
 *            pending ─▶ skipped   (a step it needs did not succeed)
 *            ready ─▶ succeeded   (from the cache)    ready ─▶ failed   (it could not be started)
 *            failed, skipped, cancelled ─▶ pending by a retry
 *   attempt  queued ─▶ running ─▶ succeeded | failed | cancelled
 *
 * A step is `running` from its first attempt's row on, also while the attempt waits for a runner or is tried again.
 * On a crash nothing is lost: a step is `ready` or it has an attempt with leased work; the reconciler goes on from there.
 */
import type { AttemptState, RunState, StepState } from "@pave/contract";

export const runMoves: Readonly<Record<RunState, readonly RunState[]>> = {
  queued: ["running", "succeeded", "failed", "cancelled"],
  running: ["succeeded", "failed", "cancelled"],
  succeeded: [],
  failed: ["running"],
  cancelled: ["running"],
};

export const stepMoves: Readonly<Record<StepState, readonly StepState[]>> = {
  pending: ["ready", "skipped", "cancelled"],
  ready: ["running", "succeeded", "failed", "cancelled"],
  running: ["succeeded", "failed", "cancelled"],
  succeeded: [],
  failed: ["pending"],
  skipped: ["pending"],
  cancelled: ["pending"],
};

export const attemptMoves: Readonly<Record<AttemptState, readonly AttemptState[]>> = {
  queued: ["running", "succeeded", "failed", "cancelled"],
  running: ["succeeded", "failed", "cancelled"],
  succeeded: [],
  failed: [],
  cancelled: [],
};

const overRun: readonly string[] = ["succeeded", "failed", "cancelled"] satisfies RunState[];
const overStep: readonly string[] = ["succeeded", "failed", "skipped", "cancelled"] satisfies StepState[];

export const isRunOver = (state: RunState): boolean => overRun.includes(state);
export const isStepOver = (state: StepState): boolean => overStep.includes(state);
export const isAttemptOver = (state: AttemptState): boolean => overRun.includes(state);

/** The states that may become `to`: the guard in every `update … where state in (…)`. */
export const statesBefore = <S extends string>(moves: Readonly<Record<S, readonly S[]>>, to: S): S[] =>
  (Object.keys(moves) as S[]).filter((from) => moves[from].includes(to));

export interface StepView {
  readonly name: string;
  readonly state: StepState;
  readonly needs: readonly string[];
  readonly message: string | null;
}

export interface StepMove {
  readonly name: string;
  readonly to: StepState;
  readonly message: string | null;
}

export interface Settlement {
  readonly steps: readonly StepMove[];
  /** The state the run moves to, and what people read about it. */
  readonly run: { readonly to: RunState; readonly message: string | null } | null;
}

/** What follows from the states of a run and its steps, until nothing more does. Pure; asking again gives nothing new. */
export function settle(run: { state: RunState; cancelRequested: boolean }, steps: readonly StepView[]): Settlement {
  const now = new Map(steps.map((step) => [step.name, step]));
  const moves = new Map<string, StepMove>();
  for (let changed = true; changed; ) {
    changed = false;
    for (const step of now.values()) {
      const move = nextOf(step, now, run.cancelRequested);
      if (!move) continue;
      moves.set(step.name, move);
      now.set(step.name, { ...step, state: move.to, message: move.message });
      changed = true;
    }
  }
  return { steps: [...moves.values()], run: runMove(run, [...now.values()]) };
}

function nextOf(step: StepView, all: ReadonlyMap<string, StepView>, cancelRequested: boolean): StepMove | undefined {
  if (step.state !== "pending" && step.state !== "ready") return undefined;
  if (cancelRequested) return { name: step.name, to: "cancelled", message: null };
  if (step.state === "ready") return undefined;
  const needed = step.needs.map((name) => ({ name, state: all.get(name)?.state ?? "failed" }));
  const cause = needed.find(({ state }) => isStepOver(state) && state !== "succeeded");
  if (cause) return { name: step.name, to: "skipped", message: `not run, because ${cause.name} ${words[cause.state]}` };
  return needed.every(({ state }) => state === "succeeded")
    ? { name: step.name, to: "ready", message: null }
    : undefined;
}

const words: Readonly<Record<StepState, string>> = {
  pending: "waits",
  ready: "waits",
  running: "runs",
  succeeded: "succeeded",
  failed: "failed",
  skipped: "was skipped",
  cancelled: "was cancelled",
};

function runMove(run: { state: RunState }, steps: readonly StepView[]): Settlement["run"] {
  if (isRunOver(run.state)) return null;
  if (!steps.every((step) => isStepOver(step.state))) {
    const hasBegun = steps.some((step) => step.state === "running" || isStepOver(step.state));
    return run.state === "queued" && hasBegun ? { to: "running", message: null } : null;
  }
  if (steps.some((step) => step.state === "cancelled")) return { to: "cancelled", message: "cancelled" };
  const failed = steps.filter((step) => step.state === "failed");
  return failed.length === 0 ? { to: "succeeded", message: null } : { to: "failed", message: failureMessage(failed) };
}

function failureMessage(failed: readonly StepView[]): string {
  const first = failed[0];
  const others = failed.slice(1).map((step) => step.name);
  const more = others.length === 0 ? "" : `; ${others.join(", ")} failed too`;
  const words = lastWords(first?.message ?? "no reason was given");
  const named =
    words.startsWith(`step ${first?.name}: `) || words.startsWith(`step ${first?.name} `)
      ? words
      : `step ${first?.name} failed: ${words}`;
  return `${named}${more}`;
}

/** The line of a longer message that says most: its last `error:` line, or else its last line. */
export function lastWords(message: string): string {
  const lines = message
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const told = lines.findLast((line) => errorWord.test(line));
  const words = told?.slice(told.search(errorWord)).replace(errorWord, "") ?? lines.at(-1) ?? message;
  return words.length > 500 ? `${words.slice(0, 499)}…` : words;
}

/** At the start of a line, or behind how the step ended: `step train exited with code 1: error: …`. */
const errorWord = /(?:^|exited with code \d+: )error:\s*/;
