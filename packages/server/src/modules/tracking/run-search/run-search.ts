import type { Filter, Order, RunEntity } from "@pave/contract/search";
import { sql } from "kysely";
import { milliseconds } from "../../../db/conditions.ts";

export type RunFilter = Filter<RunEntity>;
export type RunOrder = Order<Exclude<RunEntity, "dataset">>;

/** Which runs are looked for, in no order yet. */
export interface RunScope {
  readonly experimentIds: readonly number[];
  readonly stages: readonly string[];
  readonly filter: RunFilter;
  /** Leaves out attempts of steps and what their code made below them; with `pipeline` or `client` all others too. */
  readonly only?: "top" | "pipeline" | "client" | undefined;
}

export interface RunSearch extends RunScope {
  readonly orders: readonly RunOrder[];
  readonly limit: number;
  readonly offset?: number;
  /** The place of the last run of the page before: what comes after it. */
  readonly after?: RunPlace | undefined;
}

/**
 * Where a run stands in an order: for each key its rank (0 a value, 1 a metric that is no number, 2 nothing) and the
 * value as text, then when it began, in microseconds since 1970, and its id.
 */
export interface RunPlace {
  readonly keys: readonly { readonly rank: number; readonly value: string | null }[];
  readonly startTime: number;
  readonly runId: string;
}

export const runAttributes = {
  run_id: sql`r.run_id`,
  run_name: sql`r.name`,
  user_id: sql`r.user_name`,
  status: sql`r.status`,
  artifact_uri: sql`r.artifact_uri`,
  start_time: milliseconds(sql`r.start_time`),
  end_time: milliseconds(sql`r.end_time`),
} as const;
export type RunAttribute = keyof typeof runAttributes;

/** Where the values of each kind are. */
export const valueTables = {
  metric: sql.table("latest_metrics"),
  param: sql.table("tracked_params"),
  tag: sql.table("tracked_tags"),
} as const;
