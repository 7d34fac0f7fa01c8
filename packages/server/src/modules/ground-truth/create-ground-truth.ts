import type { GroundTruthAnswer, Truth, TruthSpan } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { type ArtifactStore, joinStores } from "../artifacts/index.ts";
import { type DeploymentKey, getDeployment } from "../serving/index.ts";
import { ingestLog } from "./ingest-log.ts";
import { createPendingJoiner } from "./join-pending.ts";
import { pruneTruth } from "./prune-truth.ts";
import { receiveGroundTruth } from "./receive-ground-truth.ts";
import { compactLog } from "./request-log/compact-log.ts";
import { listRequestLog, openRequestLogFile } from "./request-log/read-log.ts";
import { retentionOf } from "./retention.ts";
import { showTruth } from "./show-truth.ts";
import { truthOf } from "./truth-of.ts";

export interface GroundTruthDeps {
  /** Where new files of the request log go. */
  readonly store: ArtifactStore;
  /** Stores that older ones may lie in. */
  readonly olderStores?: readonly ArtifactStore[];
  readonly retention: { readonly predictionDays: number; readonly logDays: number };
  apiUrl(): string;
}

export type GroundTruthModule = ReturnType<typeof createGroundTruth>;

export function createGroundTruth(deps: GroundTruthDeps) {
  const retention = retentionOf(deps.retention);
  const stores = joinStores(deps.store, deps.olderStores);
  return {
    ingestLog: (ctx: Ctx, body: string) => ingestLog(ctx, retention, body),
    async receive(
      ctx: Ctx,
      key: DeploymentKey,
      input: { readonly correct: boolean; readonly body: AsyncIterable<Uint8Array> },
    ): Promise<GroundTruthAnswer> {
      return receiveGroundTruth(ctx, retention, { deployment: await getDeployment(ctx, key), ...input });
    },
    async show(ctx: Ctx, key: DeploymentKey, input: { by: TruthSpan; windows: number }): Promise<Truth> {
      return showTruth(ctx, await getDeployment(ctx, key), { ...input, apiUrl: deps.apiUrl() });
    },
    listLog: async (ctx: Ctx, key: DeploymentKey) =>
      listRequestLog(ctx, await getDeployment(ctx, key), deps.retention.logDays),
    openLogFile: async (ctx: Ctx, key: DeploymentKey, file: string) =>
      openRequestLogFile(ctx, stores, await getDeployment(ctx, key), file),
    /** For whoever judges a release or a deployment; see truthOf. */
    truthOf,
    joinPending: createPendingJoiner(),
    /** Once a minute: files are made of what has waited for an hour, or is much. */
    compact: (ctx: Ctx) => compactLog(ctx, deps.store),
    prune: (ctx: Ctx) => pruneTruth(ctx, stores, retention),
  };
}
