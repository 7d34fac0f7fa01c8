/** What the gateway's supervisor and its worker processes tell each other, over the IPC channel of `fork`. */
import type { GatewayKey, GatewayLimits, GatewayWeight, Latency, LoggedRelease, RequestLogRule } from "@pave/contract";
import type { ReferenceProfile, WindowCountsJson } from "@pave/contract/drift";
import type { ModelProcessAddress } from "./runtime/process-runtime.ts";

/** A release whose files are on disk and passed the check. */
export interface WorkerRelease {
  readonly releaseId: string;
  readonly modelName: string;
  readonly modelVersion: string;
  readonly folder: string;
  /** What one row costs, by the check. */
  readonly rowMs: number;
  /** The model's reference profile, once it is on disk. */
  readonly profile?: ProfileOnDisk;
  /** Where it runs; missing: in the worker itself. */
  readonly process?: ModelProcessAddress;
}

export interface ProfileOnDisk {
  readonly id: string;
  readonly path: string;
}

/**
 * The descriptor on which a worker notes the release whose model it is about to run in itself. When it gets stuck there
 * or crashes, that is all that is known of the reason.
 */
export const lastRunDescriptor = 4;

export interface WorkerEndpoint {
  readonly deploymentId: string;
  readonly environment: string;
  readonly project: string;
  readonly deployment: string;
  readonly weights: readonly GatewayWeight[];
  readonly stableReleaseId: string | null;
  /** Empty without a stable release. */
  readonly stableModelVersion: string;
  readonly releases: readonly WorkerRelease[];
  readonly limits: GatewayLimits;
  readonly log?: RequestLogRule | undefined;
  readonly comparison?: ReferenceProfile | undefined;
}

export interface WorkerRoutes {
  /** Of the config it was made from; undefined before the first one. */
  readonly configVersion: number | undefined;
  readonly endpoints: readonly WorkerEndpoint[];
  readonly keys: readonly GatewayKey[];
}

export type ToWorker =
  | { readonly type: "routes"; readonly routes: WorkerRoutes; readonly contactAtMs: number }
  /** When the api was last heard: keys count from here. */
  | { readonly type: "contact"; readonly atMs: number }
  | { readonly type: "ping"; readonly id: number }
  /** Connections speak TLS with it from now on; comes before the first routes. */
  | { readonly type: "certificate"; readonly cert: string; readonly key: string }
  /** Comes with the socket of a caller. */
  | { readonly type: "connection" }
  /** What was asked for by `metrics-wanted`. */
  | { readonly type: "metrics"; readonly id: number; readonly text: string }
  /** Finish what is being answered, send the last counters, exit. */
  | { readonly type: "drain" };

export type FromWorker =
  /** Everything of the first routes is loaded: connections are welcome. */
  | { readonly type: "ready" }
  | { readonly type: "pong"; readonly id: number }
  | { readonly type: "accepted"; readonly connections: number }
  /** Sent before the main thread goes into loading a model, which may take longer than a heartbeat. */
  | { readonly type: "loading"; readonly releaseId: string }
  /** All releases that were loaded, or found not to load; sent when that changes and after new routes. */
  | { readonly type: "releases"; readonly releases: readonly ReleaseState[] }
  | { readonly type: "counters"; readonly connections: number; readonly counters: readonly ReleaseCounters[] }
  | { readonly type: "requests"; readonly logged: LoggedRequests }
  /** Somebody reads `/metrics`. */
  | { readonly type: "metrics-wanted"; readonly id: number }
  | { readonly type: "log"; readonly level: "info" | "warn" | "error"; readonly message: string };

export interface ReleaseState {
  readonly releaseId: string;
  readonly loadMs: number;
  /** Its rows go to a process of its own. */
  readonly isApart?: true;
  /** Why it did not load. */
  readonly error?: string;
}

/** What was answered for one release since the last message. */
export interface ReleaseCounters {
  readonly deploymentId: string;
  readonly releaseId: string;
  readonly modelVersion: string;
  requests: number;
  rows: number;
  errors4xx: number;
  errors5xx: number;
  latency: Latency;
  /** Every couple of seconds: what was counted since then in the cells of profiles. */
  counts?: WindowCountsJson[];
}

/** What was logged since the last message. */
export interface LoggedRequests {
  readonly releases: readonly LoggedRelease[];
  readonly rows: number;
  /** A LogRecord a line. */
  readonly lines: string;
}
