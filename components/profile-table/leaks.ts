/**
 * Columns that give the target away. Each column alone is asked to predict a binary target: by its order, by the rate of
 * the target per value (learned on one half of the rows and judged on the other, so that keys do not look clever), and by
 * being missing. A ROC AUC of 0.98 or more from a single column is hardly ever honest.
 */
import { type DuckDb, identifier } from "../lib/duckdb.ts";
import { type ColumnProfile, valueSql } from "./column-profile.ts";
import { isClassSql, type TargetProfile } from "./target.ts";

export interface Leak {
  /** Null where it does not apply: another task, or too few rows of a class. */
  readonly auc: number | null;
  readonly reason: string | null;
}

const suspicious = 0.98;
const minClassRows = 10;

export async function findLeak(db: DuckDb, column: ColumnProfile, target: TargetProfile): Promise<Leak> {
  if (column.distinct === 0 || column.type === "other") return { auc: null, reason: null };
  if (target.task === "regression") return findCopiedNumber(db, column, target);
  const fewest = target.classes.at(-1)?.rows ?? 0;
  if (target.task !== "binary" || target.positive === null || target.classes.length < 2 || fewest < minClassRows)
    return { auc: null, reason: null };

  const isPositive = isClassSql(target, target.positive);
  const rows = `(SELECT ${valueSql(column)} AS v, ${isPositive} AS y, rowid % 2 AS half FROM sampled WHERE ${identifier(target.name)} IS NOT NULL)`;
  const byOrder = column.type === "string" ? 0.5 : await aucByOrder(db, rows);
  const byRate =
    column.distinct <= column.rows / 2 && (column.type !== "number" || column.distinct <= 1000)
      ? await aucByRate(db, rows)
      : 0.5;
  const byPresence = column.missing > 0 ? await aucOfPresence(db, rows) : 0.5;
  const auc = Math.max(byOrder, byRate, byPresence);
  if (auc < suspicious) return { auc, reason: null };
  return { auc, reason: describe(column, target, auc, byPresence) };
}

function describe(column: ColumnProfile, target: TargetProfile, auc: number, byPresence: number): string {
  const known = `leave it out unless it is known when a prediction is asked for`;
  if (byPresence >= suspicious)
    return `whether \`${column.name}\` is filled in tells \`${target.name}\`, so it is probably written afterwards; ${known}`;
  if (column.distinct <= 2 && auc > 0.9999)
    return `\`${column.name}\` says the same as \`${target.name}\` in other words; leave it out`;
  const share = auc > 0.9999 ? "completely" : `almost completely (ROC AUC ${auc.toFixed(3)})`;
  return `\`${column.name}\` alone tells \`${target.name}\` ${share}, so it is probably made from it or known only afterwards; ${known}`;
}

/** Missing values come first in the order. */
async function aucByOrder(db: DuckDb, rows: string): Promise<number> {
  return eitherWay(
    await auc(db, `SELECT v AS score, count(*) FILTER (y) AS p, count(*) FILTER (NOT y) AS n FROM ${rows} GROUP BY v`),
  );
}

async function aucByRate(db: DuckDb, rows: string): Promise<number> {
  return auc(
    db,
    `WITH g AS (SELECT v, half, count(*) FILTER (y) AS p, count(*) FILTER (NOT y) AS n FROM ${rows} GROUP BY v, half),
          prior AS (SELECT sum(p) / sum(p + n) AS rate FROM g)
     SELECT coalesce((o.p + rate) / (o.p + o.n + 1), rate) AS score, sum(g.p) AS p, sum(g.n) AS n
     FROM g CROSS JOIN prior LEFT JOIN g AS o ON o.v IS NOT DISTINCT FROM g.v AND o.half <> g.half GROUP BY score`,
  );
}

async function aucOfPresence(db: DuckDb, rows: string): Promise<number> {
  return eitherWay(
    await auc(
      db,
      `SELECT v IS NULL AS score, count(*) FILTER (y) AS p, count(*) FILTER (NOT y) AS n FROM ${rows} GROUP BY score`,
    ),
  );
}

/** From counts of positives and negatives per score; ties are half a pair. */
async function auc(db: DuckDb, groups: string): Promise<number> {
  const row = await db.row(
    `WITH groups AS (${groups}),
          ordered AS (SELECT p, n, sum(n) OVER (ORDER BY score NULLS FIRST ROWS UNBOUNDED PRECEDING) - n AS below FROM groups)
     SELECT CAST(sum(CAST(p AS DOUBLE) * (below + n / 2)) / (CAST(sum(p) AS DOUBLE) * sum(n)) AS DOUBLE) AS auc FROM ordered`,
  );
  return Number(row.auc ?? 0.5);
}

function eitherWay(value: number): number {
  return Math.max(value, 1 - value);
}

async function findCopiedNumber(db: DuckDb, column: ColumnProfile, target: TargetProfile): Promise<Leak> {
  if (column.type !== "number" && column.type !== "integer") return { auc: null, reason: null };
  const y = `try_cast(${identifier(target.name)} AS DOUBLE)`;
  const { r } = await db.row(
    `SELECT corr(CAST(${valueSql(column)} AS DOUBLE), ${y}) AS r FROM sampled WHERE isfinite(${y})`,
  );
  if (typeof r !== "number" || Math.abs(r) < 0.995) return { auc: null, reason: null };
  const reason = `\`${column.name}\` moves with \`${target.name}\` (correlation ${r.toFixed(3)}), so it is probably made from it; leave it out unless it is known when a prediction is asked for`;
  return { auc: null, reason };
}
