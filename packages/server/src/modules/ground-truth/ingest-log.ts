import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { predictionTime, topics } from "@pave/contract";
import { sql } from "kysely";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { listDeployments } from "../serving/index.ts";
import { joinPending } from "./join-pending.ts";
import { dayOf, ensureDays } from "./partitions.ts";
import { insertPredictions, type Prediction, putLoggedReleases } from "./predictions-store.ts";
import { type ReadPart, readLogParts } from "./read-log-parts.ts";
import type { Retention } from "./retention.ts";
import { TruthChanges } from "./truth-changes.ts";
import { addTruthWindows } from "./truth-windows-store.ts";

/**
 * Takes what a gateway logged: the index, the sums of what was seen, and the records on their way to a file, in one
 * transaction with the ids of the parts. A part counts once however often it comes, and is acknowledged every time.
 */
export async function ingestLog(ctx: Ctx, retention: Retention, body: string): Promise<{ acknowledged: string[] }> {
  const parts = readLogParts(body);
  const deployments = new Map((await listDeployments(ctx)).map((deployment) => [deployment.id, deployment]));
  const rows = parts.flatMap((part) => rowsOf(part, deployments, retention, ctx.clock.now()));
  await ensureDays(ctx, new Set(rows.map(({ predictedAt }) => dayOf(predictedAt))));
  const packed = await pack(rows);
  await inTransaction(ctx, async (ctx) => {
    const fresh = await claimParts(ctx, parts);
    if (fresh.size === 0) return;
    const isFresh = ({ part }: { part: string }) => fresh.has(part);
    // a part that came before beside one that did not: rare, so packing twice is fine
    const own = rows.every(isFresh) ? { rows, packed } : await onlyFresh(rows.filter(isFresh));
    const changes = new TruthChanges();
    for (const part of parts.filter(isFresh)) {
      if (part.lost > 0) ctx.log.warn({ rows: part.lost }, "a gateway had to drop logged requests: too many waited");
      countPart(changes, part, deployments, ctx.clock.now());
      await putLoggedReleases(
        ctx,
        part.releases.filter(({ deploymentId }) => deployments.has(deploymentId)),
      );
    }
    await insertPredictions(ctx, own.rows);
    await spool(ctx, own.packed);
    await addTruthWindows(ctx, changes.list());
    for (const id of new Set(own.rows.map(({ deploymentId }) => deploymentId))) {
      await joinPending(
        ctx,
        id,
        own.rows.filter(({ deploymentId }) => deploymentId === id),
      );
      const deployment = deployments.get(id);
      if (deployment) ctx.hint(topics.truth(deployment.project, deployment.environment, deployment.name));
    }
  });
  return { acknowledged: parts.map(({ part }) => part) };
}

interface Row extends Prediction {
  readonly part: string;
  readonly line: string;
}

/** Rows of deployments that are gone, and of times that nothing is kept of, are not kept. */
function rowsOf(part: ReadPart, deployments: ReadonlyMap<string, unknown>, retention: Retention, now: Date): Row[] {
  const deploymentOf = new Map(part.releases.map(({ releaseId, deploymentId }) => [releaseId, deploymentId]));
  return part.records.flatMap(({ record, line }) => {
    const deploymentId = deploymentOf.get(record.release) ?? "";
    const time = predictionTime(record.id);
    if (time === undefined || !deployments.has(deploymentId) || !retention.isKept(time, now)) return [];
    return [
      {
        part: part.part,
        line,
        deploymentId,
        predictionId: record.id,
        row: record.row,
        predictedAt: new Date(time),
        releaseId: record.release,
        score: record.score,
        label: record.label,
      },
    ];
  });
}

function countPart(changes: TruthChanges, part: ReadPart, deployments: ReadonlyMap<string, unknown>, now: Date): void {
  const known = new Map(
    part.releases.filter(({ deploymentId }) => deployments.has(deploymentId)).map((each) => [each.releaseId, each]),
  );
  const newest = new Map<string, Date>();
  for (const { record } of part.records) {
    const release = known.get(record.release);
    if (!release) continue;
    const at = new Date(predictionTime(record.id) ?? now.getTime());
    changes.logged({ deploymentId: release.deploymentId, releaseId: release.releaseId, at }, { seen: 0, logged: 1 });
    newest.set(release.releaseId, at);
  }
  for (const { deploymentId, releaseId, seen } of known.values())
    changes.logged({ deploymentId, releaseId, at: newest.get(releaseId) ?? now }, { seen, logged: 0 });
}

async function claimParts(ctx: Ctx, parts: readonly ReadPart[]): Promise<ReadonlySet<string>> {
  if (parts.length === 0) return new Set();
  const rows = await ctx.db
    .insertInto("log_parts")
    .values([...new Set(parts.map(({ part }) => part))].sort().map((part) => ({ part, received_at: ctx.clock.now() })))
    .onConflict((conflict) => conflict.column("part").doNothing())
    .returning("part")
    .execute();
  return new Set(rows.map(({ part }) => part));
}

interface Packed {
  readonly deploymentId: string;
  readonly from: Date;
  readonly to: Date;
  readonly rows: number;
  readonly bytes: number;
  readonly content: Buffer;
}

const zip = promisify(gzip);

const onlyFresh = async (rows: readonly Row[]) => ({ rows, packed: await pack(rows) });

async function pack(rows: readonly Row[]): Promise<readonly Packed[]> {
  const packed: Packed[] = [];
  for (const deploymentId of new Set(rows.map((row) => row.deploymentId))) {
    const own = rows.filter((row) => row.deploymentId === deploymentId);
    const text = own.map(({ line }) => `${line}\n`).join("");
    const times = own.map(({ predictedAt }) => predictedAt.getTime());
    packed.push({
      deploymentId,
      from: new Date(times.reduce((a, b) => Math.min(a, b))),
      to: new Date(times.reduce((a, b) => Math.max(a, b))),
      rows: own.length,
      bytes: Buffer.byteLength(text),
      content: await zip(text),
    });
  }
  return packed;
}

async function spool(ctx: Ctx, packed: readonly Packed[]): Promise<void> {
  for (const { deploymentId, from, to, rows, bytes, content } of packed)
    await sql`
      insert into request_log_spool (deployment_id, from_at, to_at, rows, bytes, content, received_at)
      values (${deploymentId}, ${from}, ${to}, ${rows}, ${bytes}, ${content}, ${ctx.clock.now()})`.execute(ctx.db);
}
