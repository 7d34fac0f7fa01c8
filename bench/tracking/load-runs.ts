import type { PaveServer } from "./servers/pave.ts";

/**
 * So many runs as {@link runData} makes them, put into Pave's tables: what searches look at (7 metrics, 4 params, 5 tags),
 * without the points that they do not.
 */
export async function loadRuns({ query }: PaveServer, experimentId: string, count: number): Promise<void> {
  if (!query) throw new Error("runs are loaded by SQL, and the database cannot be reached");
  const step = 50_000;
  for (let from = 0; from < count; from += step)
    await query(statement, [experimentId, from, Math.min(count, from + step) - 1]);
  for (const table of ["tracked_runs", "tracked_tags", "tracked_params", "latest_metrics"])
    await query(`vacuum analyze ${table}`);
}

const statement = `
  with made as materialized (
    select md5('large ' || $1::text || ' ' || number) as run_id, number,
      timestamptz '2026-01-01 00:00:00Z' + number * interval '1 second' as start_time,
      (array['linear', 'forest', 'boosting', 'network'])[1 + floor(random() * 4)::integer] as model,
      (array['draft', 'candidate', 'final'])[1 + floor(random() * 3)::integer] as stage
    from generate_series($2::integer, $3::integer) as number
  ), runs as (
    insert into tracked_runs (run_id, experiment_id, name, principal_id, status, artifact_uri, start_time, end_time)
    select run_id, $1::bigint, 'run-' || number, 'system', case when number % 4 = 0 then 'FINISHED' else 'RUNNING' end,
      'mlflow-artifacts:/' || $1::text || '/' || run_id || '/artifacts', start_time,
      case when number % 4 = 0 then start_time + interval '500 ms' end
    from made
  ), tags as (
    insert into tracked_tags (run_id, key, value)
    select run_id, key, value from made cross join lateral (values
      ('mlflow.runName', 'run-' || number), ('model', model), ('stage', stage), ('owner', 'person-' || number % 17),
      ('note', 'looked at ' || number || ' times, most of them in the morning')) as tag(key, value)
  ), params as (
    insert into tracked_params (run_id, key, value)
    select run_id, key, value from made cross join lateral (values
      ('param_0', (array['linear', 'forest', 'boosting', 'network'])[1 + floor(random() * 4 + number * 0)::integer]),
      ('param_1', (number % 32)::text), ('param_2', round(random()::numeric + number * 0, 4)::text),
      ('param_3', round(random()::numeric + number * 0, 4)::text)) as param(key, value)
  )
  insert into latest_metrics (run_id, key, value, step, time)
  select run_id, 'metric_' || index, random(), index, start_time from made cross join generate_series(0, 6) as index`;
