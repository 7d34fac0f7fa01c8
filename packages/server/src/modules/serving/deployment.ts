import type {
  Deployment,
  GatewayLimits,
  GatewayWeight,
  ModelCheck,
  Release,
  RequestLogRule,
  RolloutSettings,
  RolloutState,
} from "@pave/contract";

/** What gateways are told of one deployment. Changed only together with the version of the gateways' config. */
export interface ServingState {
  /** Releases that gateways hold: the one that serves, the one before it for a quick way back, a coming one. */
  readonly releases: readonly { readonly releaseId: string; readonly state: "prepare" | "serve" }[];
  /** Sums to 100; empty while nothing is released. A canary's share is a lease: it ends unless it is renewed. */
  readonly weights: readonly GatewayWeight[];
  readonly stableReleaseId: string | null;
  readonly limits: GatewayLimits;
}

export const defaultLimits: GatewayLimits = { maxBodyBytes: 2 ** 20, maxRows: 1000, timeoutMs: 10_000 };

export interface DeploymentRow {
  readonly id: string;
  readonly projectId: string;
  readonly project: string;
  readonly environment: string;
  readonly name: string;
  readonly kind: Deployment["kind"];
  readonly activeReleaseId: string | null;
  readonly serving: ServingState;
  readonly updatedAt: Date;
}

/** One file of the model folder, as artifacts list them. */
export interface ReleaseFile {
  readonly path: string;
  readonly digest: string;
  readonly size: number;
  readonly executable: boolean;
}

/** Fixed when the release is made: what it serves and how. */
export interface ReleaseConfiguration {
  readonly files: readonly ReleaseFile[];
  readonly limits: GatewayLimits;
  readonly slo: { readonly availability?: number; readonly p99Ms?: number };
  /** Which requests are logged, where the project says. */
  readonly log?: Partial<RequestLogRule>;
  /** After this time ground truth is expected. */
  readonly truthDelayMs?: number;
  /** Digest of the environment that the model was made in. */
  readonly pythonEnvironment?: string | null;
  /** Of a model of Python: the environment that serves it, locked when it was checked, and what it needs. */
  readonly check?: ModelCheck;
}

export interface ReleaseRow {
  readonly id: string;
  readonly deploymentId: string;
  readonly number: number;
  readonly state: Release["state"];
  readonly planId: string | null;
  readonly planNumber: number | null;
  readonly revisionId: string;
  readonly revisionNumber: number;
  readonly model: string;
  readonly modelVersion: number;
  readonly modelDigest: string;
  readonly configuration: ReleaseConfiguration;
  readonly message: string | null;
  readonly createdById: string;
  readonly createdAt: Date;
  readonly activatedAt: Date | null;
  readonly endedAt: Date | null;
}

export interface RolloutRow {
  readonly id: string;
  readonly deploymentId: string;
  /** Counts the rollouts of the deployment. */
  readonly number: number;
  readonly releaseId: string;
  readonly releaseNumber: number;
  readonly previousReleaseId: string | null;
  readonly kind: "immediate" | "canary" | "rollback";
  readonly state: RolloutState;
  /** Of a canary. */
  readonly settings: RolloutSettings | null;
  /** Index of a canary's current step. */
  readonly step: number;
  readonly stepStartedAt: Date | null;
  readonly pausedBy: "person" | "inconclusive" | null;
  readonly pausedAt: Date | null;
  readonly message: string | null;
  /** Version of the gateways' config with which traffic moved. */
  readonly configVersion: number | null;
  readonly startedById: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}
