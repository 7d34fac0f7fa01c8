import { randomBytes } from "node:crypto";
import { PaveError } from "../../kernel/pave-error.ts";
import { assertActive } from "./experiment.ts";

export const loggedModelStatuses = ["PENDING", "READY", "UPLOAD_FAILED"] as const;
export type LoggedModelStatus = (typeof loggedModelStatuses)[number];

export interface LoggedModelMetric {
  readonly key: string;
  readonly value: number;
  readonly step: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly runId: string;
  /** Empty where it was measured on no data set that was named. */
  readonly datasetName: string;
  readonly datasetDigest: string;
}

/** What decides who may do what with a logged model. */
export interface LoggedModelHead {
  readonly modelId: string;
  readonly experimentId: number;
  readonly projectId: string;
  readonly project: string;
  readonly sourceRunId: string | null;
  readonly attemptRunId: string | null;
  readonly isDeleted: boolean;
}

/** A model that a client logged: files with params, metrics and a history of their own. */
export interface LoggedModel extends LoggedModelHead {
  readonly name: string;
  readonly modelType: string;
  readonly status: LoggedModelStatus;
  readonly statusMessage: string;
  readonly artifactUri: string;
  readonly principalId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly metrics: readonly LoggedModelMetric[];
}

export const newLoggedModelId = (): string => `m-${randomBytes(16).toString("hex")}`;

export function assertModelChangeable(model: LoggedModelHead, ownAttempt: string | null): void {
  if (ownAttempt !== null && model.attemptRunId !== ownAttempt)
    throw new PaveError(
      "tracking.managed",
      `This token is good for its own attempt only, and model ${model.modelId} is not below it`,
      { fix: "Log a model of your own" },
    );
  assertActive(`model ${model.modelId}`, model.isDeleted);
}
