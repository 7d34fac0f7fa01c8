import type { Ctx } from "../db/context.ts";
import type { Jobs } from "../jobs/index.ts";
import { pruneAttempts } from "../modules/access/index.ts";
import type { Artifacts } from "../modules/artifacts/index.ts";
import { backupsChannel, type createBackups } from "../modules/backups/index.ts";
import { collectionChannel, type createCollection } from "../modules/collection/index.ts";
import type { createGroundTruth } from "../modules/ground-truth/index.ts";
import { sealLedger } from "../modules/ledger/index.ts";
import { type createMonitoring, webhookChannel } from "../modules/monitoring/index.ts";
import { type createNotifications, deliveriesChannel } from "../modules/notifications/index.ts";
import { pruneOidc } from "../modules/people/index.ts";
import { type createPipelines, runsChannel } from "../modules/pipelines/index.ts";
import { plansChannel } from "../modules/plans/index.ts";
import type { createReleases } from "../modules/releases/index.ts";
import { type createRepositories, pushesChannel } from "../modules/repositories/index.ts";
import type { createServing } from "../modules/serving/index.ts";
import { pruneTerminals } from "../modules/terminals/index.ts";
import { pruneTrusts } from "../modules/trusts/index.ts";
import { type Webhooks, webhooksChannel } from "../modules/webhooks/index.ts";
import type { Loop } from "../roles/loops.ts";

export interface LoopParts {
  /** This process's name among all that share the database. */
  readonly holder: string;
  readonly artifacts: Artifacts;
  readonly backups: ReturnType<typeof createBackups>;
  readonly collection: ReturnType<typeof createCollection>;
  readonly groundTruth: ReturnType<typeof createGroundTruth>;
  readonly jobs: Jobs;
  readonly monitoring: ReturnType<typeof createMonitoring>;
  readonly notifications: ReturnType<typeof createNotifications>;
  readonly pipelines: ReturnType<typeof createPipelines>;
  readonly releases: ReturnType<typeof createReleases>;
  readonly repositories: ReturnType<typeof createRepositories>;
  readonly serving: ReturnType<typeof createServing>;
  readonly webhooks: Webhooks;
  /** Signs what the ledger has come to, and leaves it in a file. */
  checkpoint(ctx: Ctx): Promise<unknown>;
}

/** What the worker role does, and how often at least. */
export function workerLoops(parts: LoopParts): readonly Loop[] {
  const { holder, artifacts, backups, collection, groundTruth, jobs, monitoring, notifications } = parts;
  const { pipelines, releases, repositories, serving, webhooks, checkpoint } = parts;
  return [
    { name: "runs", everyMs: 2_000, channel: runsChannel, run: pipelines.tickRuns },
    { name: "leases", everyMs: 2_000, run: jobs.reapExpiredLeases },
    { name: "plans", everyMs: 1_000, channel: plansChannel, run: releases.tick },
    {
      ...{ name: "rollouts", everyMs: 1_000, channel: plansChannel },
      run: (ctx) => releases.rollouts.drive(ctx),
      end: () => releases.rollouts.stop(),
    },
    { name: "seal", everyMs: 500, run: (ctx) => sealLedger(ctx, holder) },
    { name: "checkpoint", everyMs: 30_000, run: checkpoint },
    { name: "reference-profiles", everyMs: 2_000, channel: runsChannel, run: monitoring.requestProfiles },
    { name: "monitors", everyMs: 5_000, run: monitoring.watch },
    { name: "service-levels", everyMs: 30_000, run: monitoring.watchSlo },
    { name: "webhook", everyMs: 5_000, channel: webhookChannel, run: monitoring.deliver },
    { name: "pushes", everyMs: 2_000, channel: pushesChannel, run: repositories.tick },
    { name: "commit-statuses", everyMs: 5_000, run: repositories.postStatuses },
    { name: "notifications", everyMs: 1_000, run: notifications.listen },
    {
      ...{ name: "deliveries", everyMs: 2_000, channel: deliveriesChannel },
      run: notifications.deliver,
      end: notifications.stop,
    },
    {
      ...{ name: "model-webhooks", everyMs: 2_000, channel: webhooksChannel },
      run: webhooks.deliver,
      end: webhooks.stop,
    },
    { name: "prune-webhooks", everyMs: 3_600_000, run: webhooks.prune },
    { name: "expiring-tokens", everyMs: 3_600_000, run: notifications.tellOfExpiring },
    { name: "prune-notifications", everyMs: 3_600_000, run: notifications.prune },
    { name: "prune-terminals", everyMs: 600_000, run: pruneTerminals },
    { name: "prune-trusts", everyMs: 600_000, run: pruneTrusts },
    {
      ...{ name: "backups", everyMs: 10_000, channel: backupsChannel },
      run: backups.tick,
      end: backups.stop,
    },
    { name: "collection", everyMs: 30_000, channel: collectionChannel, run: collection.tick },
    { name: "prune", everyMs: 3_600_000, run: serving.prune },
    { name: "join-labels", everyMs: 60_000, run: groundTruth.joinPending },
    { name: "request-log", everyMs: 60_000, run: groundTruth.compact },
    { name: "prune-truth", everyMs: 3_600_000, run: groundTruth.prune },
    { name: "prune-artifacts", everyMs: 3_600_000, run: artifacts.prune },
    { name: "prune-monitors", everyMs: 3_600_000, run: monitoring.prune },
    { name: "prune-attempts", everyMs: 3_600_000, run: pruneAttempts },
    { name: "prune-sign-ins", everyMs: 3_600_000, run: pruneOidc },
    { name: "prune-work", everyMs: 3_600_000, run: jobs.pruneWork },
  ];
}
