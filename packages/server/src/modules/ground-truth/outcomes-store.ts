import { type RawBuilder, sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import { byDay, dayRange, keyTable, keyText, type PredictionKey, sortKeys } from "./predictions-store.ts";

export interface Outcome extends PredictionKey {
  readonly at: Date;
  readonly actual: string;
  readonly receivedAt: Date;
  /** Null: the prediction has not come. */
  readonly releaseId: string | null;
  readonly score: number | null;
  readonly label: string | null;
}

const columns = sql`o.deployment_id as "deploymentId", o.prediction_id as "predictionId", o.row_number as row,
  o.predicted_at as "predictedAt", o.at, o.actual, o.received_at as "receivedAt", o.release_id as "releaseId", o.score, o.label`;

const insertOf = (outcomes: readonly Outcome[]) => {
  const sorted = sortKeys(outcomes);
  return sql`
    insert into outcomes (deployment_id, predicted_at, prediction_id, row_number, at, actual, received_at, release_id, score, label)
    select * from unnest(
      ${sorted.map((each) => each.deploymentId)}::text[],
      ${sorted.map((each) => each.predictedAt.toISOString())}::timestamptz[],
      ${sorted.map((each) => each.predictionId)}::uuid[],
      ${sorted.map((each) => each.row)}::integer[],
      ${sorted.map((each) => each.at.toISOString())}::timestamptz[],
      ${sorted.map((each) => each.actual)}::text[],
      ${sorted.map((each) => each.receivedAt.toISOString())}::timestamptz[],
      ${sorted.map((each) => each.releaseId)}::text[],
      ${sorted.map((each) => each.score)}::double precision[],
      ${sorted.map((each) => each.label)}::text[])`;
};

/** Keys of those that were not there yet. */
export async function insertOutcomes(ctx: Ctx, outcomes: readonly Outcome[]): Promise<ReadonlySet<string>> {
  if (outcomes.length === 0) return new Set();
  const { rows } = await sql<{ predictionId: string; row: number }>`
    ${insertOf(outcomes)} on conflict do nothing
    returning prediction_id as "predictionId", row_number as row`.execute(ctx.db);
  return new Set(rows.map(keyText));
}

/** What is there for those keys, held until the transaction ends; by `keyText`. */
export const holdOutcomes = (
  ctx: Ctx,
  deploymentId: string,
  keys: readonly PredictionKey[],
): Promise<ReadonlyMap<string, Outcome>> => lookUp<Outcome>(ctx, deploymentId, keys, columns, sql`for update`);

/** What was said of those keys, by `keyText`. */
export const findOutcomes = (
  ctx: Ctx,
  deploymentId: string,
  keys: readonly PredictionKey[],
): Promise<ReadonlyMap<string, Pick<Outcome, "predictionId" | "row" | "actual" | "releaseId">>> =>
  lookUp(
    ctx,
    deploymentId,
    keys,
    sql`o.prediction_id as "predictionId", o.row_number as row, o.actual, o.release_id as "releaseId"`,
    sql``,
  );

async function lookUp<T extends Pick<Outcome, "predictionId" | "row">>(
  ctx: Ctx,
  deploymentId: string,
  keys: readonly PredictionKey[],
  selected: RawBuilder<unknown>,
  lock: RawBuilder<unknown>,
): Promise<ReadonlyMap<string, T>> {
  const found = new Map<string, T>();
  for (const [day, some] of byDay(keys)) {
    const { rows } = await sql<T>`
      select o.* from ${keyTable(some)} cross join lateral (
        select ${selected} from outcomes o where o.deployment_id = ${deploymentId} and o.predicted_at = k.at
          and o.prediction_id = k.prediction_id and o.row_number = k.row_number and ${dayRange("o.predicted_at", day)}
        limit 1 ${lock}) o`.execute(ctx.db);
    for (const row of rows) found.set(keyText(row), row);
  }
  return found;
}

/** The same keys with other values, or joined with their prediction by now. */
export async function updateOutcomes(ctx: Ctx, outcomes: readonly Outcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  await sql`
    ${insertOf(outcomes)} on conflict (deployment_id, predicted_at, prediction_id, row_number) do update set
      at = excluded.at, actual = excluded.actual, received_at = excluded.received_at, release_id = excluded.release_id,
      score = excluded.score, label = excluded.label`.execute(ctx.db);
}

export async function deleteOutcomes(ctx: Ctx, keys: readonly PredictionKey[]): Promise<void> {
  for (const { deploymentId, predictedAt, predictionId, row } of sortKeys(keys))
    await sql`
      delete from outcomes where deployment_id = ${deploymentId} and predicted_at = ${predictedAt}
        and prediction_id = ${predictionId} and row_number = ${row}`.execute(ctx.db);
}

/** Whose prediction has not come, received since then; `after` is the last one of the batch before. */
export async function listPending(
  ctx: Ctx,
  deploymentId: string,
  { limit, since, after }: { readonly limit: number; readonly since?: Date; readonly after?: Outcome | undefined },
): Promise<readonly Outcome[]> {
  const beyond = after
    ? sql`and (o.received_at, o.prediction_id, o.row_number) > (${after.receivedAt}, ${after.predictionId}::uuid, ${after.row})`
    : since
      ? sql`and o.received_at >= ${since}`
      : sql``;
  const { rows } = await sql<Outcome>`
    select ${columns} from outcomes o where o.deployment_id = ${deploymentId} and o.release_id is null ${beyond}
    order by o.received_at, o.prediction_id, o.row_number limit ${limit}`.execute(ctx.db);
  return rows;
}

/** Counted up to a limit: nobody needs to know how many more. */
export async function countPending(ctx: Ctx, deploymentId: string, limit = 1_000_000): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from (select from outcomes o
      where o.deployment_id = ${deploymentId} and o.release_id is null limit ${limit}) as waiting`.execute(ctx.db);
  return rows[0]?.count ?? 0;
}

export async function deploymentsWithPending(ctx: Ctx, since: Date): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select d.id from deployments d
    where exists (select from outcomes o where o.deployment_id = d.id and o.release_id is null
      and o.received_at >= ${since})`.execute(ctx.db);
  return rows.map(({ id }) => id);
}

/** Labels whose prediction never came. */
export async function deletePendingBefore(ctx: Ctx, time: Date): Promise<void> {
  await sql`delete from outcomes where release_id is null and received_at < ${time}`.execute(ctx.db);
}
