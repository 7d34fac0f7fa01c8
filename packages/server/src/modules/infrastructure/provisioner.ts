import type { Ctx } from "../../db/context.ts";

/** Every environment of a project has the first three; the others are there where its `resources:` ask for them. */
export type ResourceType = "artifacts" | "identity" | "quota" | "postgres" | "bucket";

export interface WantedResource {
  readonly projectId: string;
  readonly project: string;
  readonly environment: string;
  readonly type: ResourceType;
  readonly name: string;
  readonly class: string;
  /** Limits of the environment, for a quota. */
  readonly limits: Readonly<Record<string, number>>;
}

export interface PlannedResource {
  /** What will be made, in words. */
  readonly title: string;
  readonly undo: string;
  /** What the project will find there; the same before and after it is made. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Where resources come from. One file per provider beside this one; all pass `provisioner.suite.ts`. */
export interface Provisioner {
  readonly name: string;
  /** What it can make; anything else is refused when the plan is computed. */
  readonly types: readonly ResourceType[];
  /** Pure: the same wish always gives the same outputs. */
  plan(wanted: WantedResource): PlannedResource;
  /** Makes what `plan` said, or leaves what is there already as it is. Database changes join the caller's transaction. */
  apply(ctx: Ctx, wanted: WantedResource, signal: AbortSignal): Promise<void>;
  /** Takes away what is unused; what holds data or is named by the ledger stays. Does nothing the second time. */
  undo(ctx: Ctx, wanted: WantedResource, signal: AbortSignal): Promise<void>;
}
