import type { EnvironmentSpec, Metrics, ProjectSpec, Usage } from "@pave/contract";
import type { PredictionComparison } from "@pave/contract/drift";
import type { Ctx } from "../../db/context.ts";
import type { Artifacts } from "../artifacts/index.ts";
import type { Infrastructure } from "../infrastructure/index.ts";
import type { Plans } from "../plans/index.ts";
import type { Rates } from "../usage/index.ts";

export interface ReleaseRevision {
  readonly id: string;
  readonly number: number;
  readonly spec: ProjectSpec | null;
}

/** A commit whose files a revision has, on the branch it was told on ("" where none was). */
export interface SourceCommit {
  readonly commit: string;
  readonly branch: string;
  readonly pushed: boolean;
}

export interface StartEvaluation {
  readonly projectId: string;
  readonly project: string;
  readonly revisionId: string;
  /** What is judged. */
  readonly model: { readonly name: string; readonly version: number; readonly artifactId: string };
  readonly testArtifactId: string;
  /** The component that judged the candidate, with the same params. */
  readonly uses: string;
  /** Of the code that judged the candidate; undefined where that is not known. */
  readonly componentDigest: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface EvaluationResult {
  readonly state: "running" | "succeeded" | "failed" | "cancelled";
  readonly metrics: Metrics;
  readonly message: string | null;
}

/** Two releases of one deployment that share its traffic. */
export interface ReleasePair {
  readonly deploymentId: string;
  readonly stableReleaseId: string;
  readonly candidateReleaseId: string;
}

/** Metrics of either against the labels that have come for what it answered. */
export interface TruthComparison {
  readonly candidate: Metrics;
  readonly stable: Metrics;
}

export interface ReleasesDeps {
  readonly plans: Plans;
  readonly infrastructure: Infrastructure;
  readonly artifacts: Pick<Artifacts, "getArtifact" | "missingBlobs" | "openBlob">;
  readonly projects: {
    /** By id, number or `latest`. */
    getRevision(ctx: Ctx, projectId: string, reference: string): Promise<ReleaseRevision>;
    /** Commits that are known to have exactly the revision's files, the one told last first. */
    commitsOf(ctx: Ctx, revisionId: string): Promise<readonly SourceCommit[]>;
    /** So that a model of a project that was never pushed has a configuration to be released with. */
    ensureRevision(ctx: Ctx, project: { readonly id: string; readonly name: string }): Promise<void>;
    /** With `hold` it does not change before the caller's transaction ends. */
    getEnvironment(
      ctx: Ctx,
      name: string,
      options?: { readonly hold: boolean },
    ): Promise<{ readonly spec: EnvironmentSpec; readonly version: number }>;
  };
  readonly pipelines: {
    /** Scores a model on a test set that is not its own, in the caller's transaction. */
    startEvaluation(ctx: Ctx, input: StartEvaluation): Promise<{ readonly id: string; readonly number: number }>;
    evaluationResult(ctx: Ctx, runId: string): Promise<EvaluationResult>;
    /** The version of the model that the newest run of a revision registered, or found that it is already. */
    registeredVersion(
      ctx: Ctx,
      input: { readonly revisionId: string; readonly model: string },
    ): Promise<number | undefined>;
    /** Of all its attempts; null while nothing is known, and where everything came from the cache. */
    runUsage(ctx: Ctx, runId: string): Promise<Usage | null>;
  };
  /** What estimates of cost and carbon go by. */
  readonly estimates: { readonly rates: Rates; readonly processesPerGateway: number };
  /** What a canary's conditions may see beside errors and latency. */
  readonly evidence?: {
    /**
     * Undefined: neither gives answers that can be counted. Conditions that ask with has() then do without, so rows that
     * are still to come are `too-few-rows`, and rows are there once their requests are. `steps`: when each began, the
     * last of which is on; traffic is shared in another way in each.
     */
    predictionComparison?(
      ctx: Ctx,
      pair: ReleasePair & { readonly steps: readonly Date[] },
    ): Promise<PredictionComparison | undefined>;
    /** Undefined: no labels have come. */
    truth?(ctx: Ctx, pair: ReleasePair & { readonly since: Date }): Promise<TruthComparison | undefined>;
  };
}
