import type { ModelAnswers } from "@pave/contract";
import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { dayOf } from "./partitions.ts";

export interface PredictionKey {
  readonly deploymentId: string;
  readonly predictionId: string;
  readonly row: number;
  /** The time within the id. */
  readonly predictedAt: Date;
}

export interface Prediction extends PredictionKey {
  readonly releaseId: string;
  readonly score: number | null;
  readonly label: string | null;
}

export const keyText = ({ predictionId, row }: Pick<PredictionKey, "predictionId" | "row">): string =>
  `${predictionId} ${row}`;

/** By day, so that the database looks into one partition at a time. */
export function byDay<T extends PredictionKey>(keys: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const days = new Map<string, T[]>();
  for (const key of keys) {
    const day = dayOf(key.predictedAt);
    const list = days.get(day);
    if (list) list.push(key);
    else days.set(day, [key]);
  }
  return days;
}

/** One deployment's keys, sorted so that two who lock rows by them cannot wait for each other, as a table `k (prediction_id, row_number, at)` for a query. */
export function keyTable(keys: readonly PredictionKey[]) {
  const sorted = sortKeys(keys);
  return sql`unnest(
    ${sorted.map((key) => key.predictionId)}::uuid[], ${sorted.map((key) => key.row)}::integer[],
    ${sorted.map((key) => key.predictedAt.toISOString())}::timestamptz[]) as k (prediction_id, row_number, at)`;
}

export const sortKeys = <T extends PredictionKey>(keys: readonly T[]): readonly T[] =>
  [...keys].sort((a, b) =>
    a.predictionId < b.predictionId ? -1 : a.predictionId > b.predictionId ? 1 : a.row - b.row,
  );

export const dayRange = (column: string, day: string) =>
  sql`${sql.ref(column)} >= ${sql.lit(`${day}T00:00:00Z`)} and ${sql.ref(column)} < ${sql.lit(`${day}T00:00:00Z`)}::timestamptz + interval '1 day'`;

/** The partitions of their days must be there. */
export async function insertPredictions(ctx: Ctx, predictions: readonly Prediction[]): Promise<void> {
  if (predictions.length === 0) return;
  await sql`
    insert into predictions (deployment_id, at, prediction_id, row_number, release_id, score, label)
    select * from unnest(
      ${predictions.map((each) => each.deploymentId)}::text[],
      ${predictions.map((each) => each.predictedAt.toISOString())}::timestamptz[],
      ${predictions.map((each) => each.predictionId)}::uuid[],
      ${predictions.map((each) => each.row)}::integer[],
      ${predictions.map((each) => each.releaseId)}::text[],
      ${predictions.map((each) => each.score)}::double precision[],
      ${predictions.map((each) => each.label)}::text[])
    on conflict do nothing`.execute(ctx.db);
}

/** Those of one deployment's keys that are logged, by `keyText`. */
export async function findPredictions(
  ctx: Ctx,
  deploymentId: string,
  keys: readonly PredictionKey[],
): Promise<ReadonlyMap<string, Prediction>> {
  const found = new Map<string, Prediction>();
  for (const [day, some] of byDay(keys)) {
    // one look into the index for each key: a join would read the whole day where the day is too new for statistics
    const { rows } = await sql<Omit<Prediction, "deploymentId">>`
      select p.* from ${keyTable(some)} cross join lateral (
        select p.prediction_id as "predictionId", p.row_number as row, p.at as "predictedAt",
          p.release_id as "releaseId", p.score, p.label
        from predictions p where p.deployment_id = ${deploymentId} and p.at = k.at
          and p.prediction_id = k.prediction_id and p.row_number = k.row_number and ${dayRange("p.at", day)}
        limit 1) p`.execute(ctx.db);
    for (const row of rows) found.set(keyText(row), { ...row, deploymentId });
  }
  return found;
}

export interface LoggedReleaseRow {
  readonly releaseId: string;
  readonly deploymentId: string;
  readonly modelVersion: string;
  readonly answers: ModelAnswers;
}

export async function putLoggedReleases(ctx: Ctx, releases: readonly LoggedReleaseRow[]): Promise<void> {
  const sorted = [...releases].sort((a, b) => (a.releaseId < b.releaseId ? -1 : 1));
  for (const { releaseId, deploymentId, modelVersion, answers } of sorted)
    await ctx.db
      .insertInto("logged_releases")
      .values({
        release_id: releaseId,
        deployment_id: deploymentId,
        model_version: modelVersion,
        answers: json(answers),
        at: ctx.clock.now(),
      })
      .onConflict((conflict) => conflict.column("release_id").doNothing())
      .execute();
}

/** By release id. */
export async function loggedReleases(ctx: Ctx, deploymentId: string): Promise<ReadonlyMap<string, LoggedReleaseRow>> {
  const rows = await ctx.db
    .selectFrom("logged_releases")
    .select(["release_id as releaseId", "deployment_id as deploymentId", "model_version as modelVersion", "answers"])
    .where("deployment_id", "=", deploymentId)
    .orderBy("at")
    .execute();
  return new Map(rows.map((row) => [row.releaseId, row as LoggedReleaseRow]));
}
