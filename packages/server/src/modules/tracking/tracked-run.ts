import { PaveError } from "../../kernel/pave-error.ts";
import { assertActive } from "./experiment.ts";

/** Statuses of MLflow's runs. */
export const trackedStatuses = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const;
export type TrackedStatus = (typeof trackedStatuses)[number];
export type EndStatus = Exclude<TrackedStatus, "RUNNING" | "SCHEDULED">;

/** Who makes and ends a run: a client, or the platform for a pipeline's run or one of its attempts. */
export type RunOwner = "client" | "pipeline" | "attempt";

/** What decides who may do what with a run. */
export interface RunHead {
  readonly runId: string;
  readonly experimentId: number;
  readonly projectId: string;
  readonly project: string;
  readonly name: string;
  readonly userName: string;
  readonly status: TrackedStatus;
  readonly isDeleted: boolean;
  readonly owner: RunOwner;
  /** The attempt's run below which it was made, if an attempt's token made it. */
  readonly attemptRunId: string | null;
  readonly artifactUri: string;
  readonly startTime: Date;
  readonly endTime: Date | null;
}

export interface MetricValue {
  readonly key: string;
  readonly value: number;
  readonly step: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

export interface DatasetInput {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly schema: string | null;
  readonly profile: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

export interface RunModel {
  readonly modelId: string;
  readonly direction: "input" | "output";
  readonly step: number;
}

/** A run with the latest value of each metric and all that was logged once. */
export interface TrackedRun extends RunHead {
  readonly metrics: readonly MetricValue[];
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly datasets: readonly DatasetInput[];
  readonly models: readonly RunModel[];
}

/** How a client wants to change a run. */
export type RunChange = "log" | "note" | "end" | "delete";

/**
 * Clients note things on any run. What a pipeline's run or an attempt's shows beyond that comes from the platform and,
 * while it runs, from the attempt itself (`ownAttempt`: the attempt's run of the token that asks), so that nobody can
 * touch up a run afterwards.
 */
export function assertChangeable(
  run: Pick<RunHead, "runId" | "owner" | "attemptRunId" | "isDeleted">,
  change: RunChange,
  ownAttempt: string | null,
): void {
  const isOwn = ownAttempt !== null && (run.runId === ownAttempt || run.attemptRunId === ownAttempt);
  if (ownAttempt !== null && !isOwn)
    throw managed(`This token is good for its own attempt only, and run ${run.runId} is not below it`);
  if (change !== "delete") assertActive(`run ${run.runId}`, run.isDeleted);
  if (run.owner === "client" || change === "note") return;
  if (run.owner === "attempt" && isOwn && change === "log") return;
  throw managed(`Run ${run.runId} belongs to a pipeline's run: only the platform may ${verbs[change]} it`);
}

const verbs: Readonly<Record<RunChange, string>> = { log: "log to", note: "note on", end: "end", delete: "delete" };

const managed = (message: string): PaveError =>
  new PaveError("tracking.managed", message, { fix: "Start a run of your own with mlflow.start_run()" });
