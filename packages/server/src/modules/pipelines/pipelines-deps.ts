import type { Ctx } from "../../db/context.ts";
import type { Jobs } from "../../jobs/index.ts";
import type { Artifacts } from "../artifacts/index.ts";
import type { Components } from "../components/index.ts";
import type { Connections } from "../connections/index.ts";
import type { Projects } from "../projects/index.ts";
import type { Secrets } from "../secrets/index.ts";

export interface FinishedRun {
  readonly id: string;
  readonly projectId: string;
  readonly number: number;
  readonly kind: "pipeline" | "evaluation";
  readonly state: "succeeded" | "failed" | "cancelled";
  readonly message: string | null;
}

export interface PipelinesDeps {
  readonly jobs: Jobs;
  readonly artifacts: Artifacts;
  readonly components: Pick<Components, "resolveComponent">;
  readonly projects: Pick<Projects, "checkProject" | "ensurePythonEnvironment">;
  readonly connections: Pick<Connections, "bind" | "take" | "recordDataset" | "datasetsOf">;
  readonly secrets: Pick<Secrets, "take" | "masksOf" | "maskerOf">;
  /** Throws where no run may be for this environment: there is none, or its plans take approvals and a run would not. */
  readonly assertRunsFor: (ctx: Ctx, environment: string) => Promise<void>;
  /** Of the grid that steps run on; for showing what a run emitted. */
  readonly gramsCo2ePerKwh: number;
  /**
   * Told in the transaction that ends a run. What it throws is logged and undone without harm to the run, so whoever
   * needs to know for certain also looks for itself.
   */
  readonly onRunFinished?: (ctx: Ctx, run: FinishedRun) => Promise<void>;
}
