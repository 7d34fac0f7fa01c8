import type { AttemptReason } from "@pave/contract";

export type RetryCause = "infra" | "oom" | "timeout" | "exit";

export interface RetryPolicy {
  /** Tries after the first one, for what is the step's own doing. */
  readonly max: number;
  readonly on: readonly RetryCause[];
}

/** Failures of the platform's own are tried again this often, whatever the step's policy says. */
const infraRetries = 3;

/** What a retry policy calls a reason; null: trying again cannot help. */
const causes: Readonly<Record<AttemptReason, RetryCause | null>> = {
  exit: "exit",
  killed: "exit",
  oom: "oom",
  disk: null,
  timeout: "timeout",
  infra: "infra",
  "no-output": null,
  "invalid-output": null,
  environment: null,
  cancelled: null,
};

export type RetryDecision = { readonly retry: false } | { readonly retry: true; readonly delayMs: number };

/**
 * Whether a step is tried once more. `earlier` are the reasons of its failed attempts since it was last started by
 * hand, the present one last. Infrastructure has a budget of its own, so that a bad machine uses up none of the step's.
 */
export function decideRetry(policy: RetryPolicy, earlier: readonly AttemptReason[]): RetryDecision {
  const reason = earlier.at(-1);
  const cause = reason === undefined ? null : causes[reason];
  if (cause === null) return { retry: false };
  const isInfra = (reason: AttemptReason) => causes[reason] === "infra";
  const used = earlier.filter((other) => isInfra(other) === (cause === "infra")).length;
  const allowed = cause === "infra" ? infraRetries : policy.on.includes(cause) ? policy.max : 0;
  return used > allowed ? { retry: false } : { retry: true, delayMs: delayOf(used) };
}

/** 1 s, 2 s, 4 s, … at most a minute. */
const delayOf = (tries: number): number => Math.min(60_000, 1000 * 2 ** (tries - 1));
