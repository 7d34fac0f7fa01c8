import type { AttemptReason, WorkPayload } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { WorkResult } from "../../jobs/index.ts";
import type { AttemptRow } from "./attempt-store.ts";
import { commandStep } from "./command-step.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import { registerStep } from "./register-step.ts";
import type { RunRow } from "./run-store.ts";
import type { StepDefinition } from "./step-definition.ts";
import type { StepChange, StepRow } from "./step-store.ts";

/** A step in its run, read under the run's lock. */
export interface OpenStep<D extends StepDefinition = StepDefinition> {
  readonly run: RunRow;
  readonly step: StepRow;
  readonly definition: D;
}

export type StepStart =
  /** It is there already: from the cache, or made before. */
  | { readonly type: "done"; readonly change: StepChange }
  /** Something has to run: an attempt is made, with work for a runner. */
  | { readonly type: "attempt" }
  /** Asked again at the next look. */
  | { readonly type: "waiting"; readonly message: string };

export type StepCommit =
  | { readonly ok: true; readonly change: StepChange }
  | { readonly ok: false; readonly reason: AttemptReason; readonly message: string };

/**
 * What a kind of step does. Kinds that wait for people or for time need no runner: they answer `waiting` until what
 * they wait for is there, and hold no process. An error thrown with a code fails the step with its
 * message; steps are asked again one by one to find whose it is.
 */
export interface StepKind<D extends StepDefinition> {
  /** Answers for steps of one run, in their order. */
  start(deps: PipelinesDeps, ctx: Ctx, run: RunRow, steps: readonly OpenStep<D>[]): Promise<readonly StepStart[]>;
  /** What the runner gets, made anew at every claim. */
  payload(
    deps: PipelinesDeps,
    ctx: Ctx,
    open: OpenStep<D>,
    attempt: AttemptRow & { readonly token: string },
  ): Promise<WorkPayload>;
  /** Judges a success that a runner told, and keeps its outputs. In a savepoint: nothing is kept when it throws. */
  commit(
    deps: PipelinesDeps,
    ctx: Ctx,
    open: OpenStep<D>,
    attempt: AttemptRow,
    result: WorkResult,
  ): Promise<StepCommit>;
  readonly workKind: WorkPayload["kind"];
}

const stepKinds: { readonly [K in StepDefinition["kind"]]: StepKind<Extract<StepDefinition, { kind: K }>> } = {
  command: commandStep,
  register: registerStep,
};

export const stepKindOf = (definition: StepDefinition): StepKind<StepDefinition> =>
  stepKinds[definition.kind] as StepKind<StepDefinition>;
