import { PaveError } from "../../kernel/pave-error.ts";

/** What a run, a model or a file of an experiment needs to know of it. */
export interface ExperimentHead {
  readonly id: number;
  readonly name: string;
  readonly projectId: string;
  readonly project: string;
  readonly isDeleted: boolean;
}

export interface Experiment extends ExperimentHead {
  readonly artifactLocation: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly tags: Readonly<Record<string, string>>;
}

/** Where clients of MLflow find an experiment's artifacts. */
export const experimentLocation = (experimentId: number): string => `mlflow-artifacts:/${experimentId}`;

export const trackingNotFound = (what: string): PaveError =>
  new PaveError("tracking.not_found", `There is no ${what}, or it is not yours to see`, {
    fix: "Search for what there is with the same token",
  });

/** What was deleted can be read and restored, but takes nothing new. */
export function assertActive(what: string, isDeleted: boolean): void {
  if (!isDeleted) return;
  throw new PaveError("tracking.deleted", `The ${what} must be in the 'active' state. Current state is deleted.`, {
    fix: "Restore it first",
  });
}
