import type { Ctx } from "../../db/context.ts";
import type { ArtifactStores } from "../artifacts/index.ts";
import { pruneContradictions } from "./contradictions-store.ts";
import { deletePendingBefore } from "./outcomes-store.ts";
import { dayOf, dropDaysBefore } from "./partitions.ts";
import { pruneLogFiles } from "./request-log/read-log.ts";
import { removeLeftFolders } from "./request-log/work-folder.ts";
import type { Retention } from "./retention.ts";
import { pruneHours } from "./truth-windows-store.ts";

const dayMs = 86_400_000;

/** Forgets what has been kept long enough; once an hour is plenty. The sums by day stay. */
export async function pruneTruth(ctx: Ctx, stores: ArtifactStores, retention: Retention): Promise<void> {
  const daysAgo = (days: number) => new Date(ctx.clock.now().getTime() - days * dayMs);
  await dropDaysBefore(ctx, dayOf(daysAgo(retention.predictionDays)));
  await deletePendingBefore(ctx, daysAgo(retention.pendingDays));
  await pruneContradictions(ctx, daysAgo(retention.predictionDays));
  await pruneHours(ctx, daysAgo(retention.predictionDays));
  await ctx.db.deleteFrom("log_parts").where("received_at", "<", daysAgo(retention.pendingDays)).execute();
  await removeLeftFolders();
  await pruneLogFiles(ctx, stores, daysAgo(retention.logDays));
}
