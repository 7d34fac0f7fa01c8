import type { ModelCheck } from "@pave/contract";
import { PaveError } from "../../kernel/pave-error.ts";

export interface SignatureColumn {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

export interface ModelSignature {
  readonly inputs: readonly SignatureColumn[];
  readonly outputs: readonly SignatureColumn[];
}

/** Where a version came from, fixed when it was registered. */
export interface ModelLineage {
  readonly datasets: readonly { readonly name: string; readonly digest: string; readonly rows: number | null }[];
  readonly components: readonly { readonly step: string; readonly uses: string; readonly digest: string }[];
  /** How it was judged: enough to judge another version the same way. */
  readonly evaluation: {
    readonly step: string;
    readonly uses: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly reportArtifactId: string | null;
  } | null;
}

export interface NewModelVersion {
  readonly model: string;
  readonly projectId: string;
  readonly artifactId: string;
  readonly digest: string;
  readonly description: string;
  readonly card: string | null;
  readonly source: string;
  readonly trackedRunId: string | null;
  /** The model that a client logged, of which this is a copy. */
  readonly loggedModelId?: string | null;
  readonly runLink?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly runId: string | null;
  /** The attempt that made it: registering what an attempt made twice gives one version. */
  readonly attemptId: string | null;
  readonly revisionId: string | null;
  readonly pythonEnvironmentDigest: string | null;
  readonly evaluationArtifactId: string | null;
  readonly testArtifactId: string | null;
  /** `uses` of the component that judged it. */
  readonly evaluateComponent: string | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly signature: ModelSignature | null;
  readonly inputExample: unknown;
  readonly check: ModelCheck | null;
  readonly lineage: ModelLineage;
  readonly createdBy: string;
}

export interface ModelVersionRow extends NewModelVersion {
  readonly version: number;
  readonly status: "READY" | "PENDING_REGISTRATION" | "FAILED_REGISTRATION";
  readonly statusMessage: string;
  readonly createdAt: Date;
  /** When a runner was asked to check it; null where the check came first. */
  readonly checkAskedAt: Date | null;
  readonly loggedModelId: string | null;
}

export interface CheckState {
  /** `none`: registered before versions of clients were checked. */
  readonly state: "none" | "running" | "passed" | "failed";
  /** One sentence about the model, where it failed. */
  readonly problem: string | null;
}

/** How far serving is with a version: only one that passed can be released. */
export function checkStateOf({ check, checkAskedAt }: Pick<ModelVersionRow, "check" | "checkAskedAt">): CheckState {
  if (check) return { state: check.ok ? "passed" : "failed", problem: check.ok ? null : (check.problem ?? null) };
  return { state: checkAskedAt ? "running" : "none", problem: null };
}

export type VersionReference = { readonly version: number } | { readonly alias: string } | "latest";

/** `3`, an alias such as `champion`, or `latest`: the newest version that is ready. */
export function parseVersionReference(text: string): VersionReference {
  if (text === "latest") return "latest";
  const digits = /^[vV]?(\d{1,9})$/.exec(text)?.[1];
  return digits === undefined ? { alias: text } : { version: Number(digits) };
}

/** MLflow's rules, so that an alias can never be mistaken for a version. */
export function assertAlias(alias: string): void {
  const problem = aliasProblem(alias);
  if (problem === undefined) return;
  throw new PaveError("model.alias_invalid", `The alias ${JSON.stringify(alias)} ${problem}`, {
    fix: "Use letters, digits, _ and -, such as champion",
  });
}

function aliasProblem(alias: string): string | undefined {
  if (!/^[\w-]{1,255}$/.test(alias)) return "must have 1 to 255 letters, digits, _ or -";
  if (alias.toLowerCase() === "latest") return "is reserved: `latest` always means the newest version";
  if (/^v?\d+$/i.test(alias)) return "looks like a version number";
  return undefined;
}
