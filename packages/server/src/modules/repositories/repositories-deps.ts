import type { Plan } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { AddressGuard, GuardedFetch } from "../../drivers/guarded-fetch/index.ts";
import type { Artifacts } from "../artifacts/index.ts";
import type { Projects, RevisionRow } from "../projects/index.ts";
import type { Vault } from "../secrets/index.ts";

/** What repositories need of others, handed in by `app.ts`. */
export interface RepositoriesDeps {
  readonly vault: Vault;
  readonly guard: AddressGuard;
  readonly guardedFetch: GuardedFetch;
  /** Plain http to hosts that are not on the allow-list. */
  readonly allowHttp: boolean;
  readonly artifacts: Pick<Artifacts, "storeBlob">;
  readonly projects: Pick<Projects, "pushRevision" | "validateFiles" | "checkProject">;
  startRun(
    ctx: Ctx,
    input: {
      readonly project: ProjectKey;
      readonly revision: RevisionRow;
      readonly pipeline: string;
      readonly message: string;
    },
  ): Promise<{ readonly id: string; readonly number: number }>;
  runState(ctx: Ctx, runId: string): Promise<{ readonly state: string; readonly message: string | null }>;
  createPlan(
    ctx: Ctx,
    input: {
      readonly project: ProjectKey;
      readonly revision: number;
      readonly environment: string;
      readonly message: string;
    },
  ): Promise<Plan>;
  showPlan(ctx: Ctx, project: ProjectKey, number: number): Promise<Plan>;
  assertEnvironment(ctx: Ctx, name: string): Promise<void>;
  /** Origin of the portal, for links, and of the API, for webhooks. */
  portalUrl(): string;
  readonly fetchTimeoutMs?: number;
  readonly fetchMaxBytes?: number;
}

export interface ProjectKey {
  readonly id: string;
  readonly name: string;
}
