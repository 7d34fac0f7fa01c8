import { queryDatabase } from "./database.ts";
import type { TestPlatform } from "./platform.ts";

/**
 * Loads runs of a client into a project by SQL, since logging them takes minutes: each with ten metrics, eight params and
 * three tags, the newest last by number; every tenth is the parent of the nine before it.
 */
export async function loadManyRuns(platform: TestPlatform, project: string, count: number): Promise<void> {
  const { rows } = await queryDatabase(
    platform,
    "select e.id, e.project_id from experiments e join projects p on p.id = e.project_id where p.name = $1 order by e.id limit 1",
    [project],
  );
  const experiment = (rows as { id: string }[])[0]?.id;
  if (experiment === undefined) throw new Error(`${project} has no experiment`);
  const id = (number: string) => `lpad(to_hex(${number}), 32, '0')`;
  const numbers = `generate_series(1, ${count}) as g(n)`;
  const statements = [
    `insert into tracked_runs (run_id, experiment_id, name, principal_id, user_name, status, artifact_uri, start_time, end_time, owner)
     select ${id("n")}, ${experiment}, 'run ' || n, (select id from principals order by id limit 1), 'ada',
       case when n % 17 = 0 then 'FAILED' else 'FINISHED' end, 'mlflow-artifacts:/x',
       timestamptz '2026-01-01' + n * interval '1 minute', timestamptz '2026-01-01' + n * interval '1 minute' + interval '20 seconds', 'client'
     from ${numbers}`,
    `update tracked_runs set parent_run_id = ${id("(ceil(n / 10.0) * 10)::integer")}
     from ${numbers} where run_id = ${id("n")} and n % 10 <> 0 and ceil(n / 10.0) * 10 <= ${count}`,
    `insert into latest_metrics (run_id, key, value, step, time)
     select ${id("n")}, case k when 0 then 'roc_auc' when 1 then 'log_loss' else 'metric_' || k end,
       ((n * 7919 + k * 104729) % 100003) / 100003.0, 1, now() from ${numbers}, generate_series(0, 9) as k`,
    `insert into tracked_params (run_id, key, value)
     select ${id("n")}, case k when 0 then 'model' when 1 then 'depth' else 'param_' || k end,
       case k when 0 then (array['forest', 'linear', 'boosted', 'nearest'])[1 + n % 4] else ((n * (k + 3)) % 97)::text end
     from ${numbers}, generate_series(0, 7) as k`,
    `insert into tracked_tags (run_id, key, value)
     select ${id("n")}, 'team', (array['red', 'blue', 'green'])[1 + n % 3] from ${numbers}
     union all select ${id("n")}, 'mlflow.runName', 'run ' || n from ${numbers}
     union all select ${id("n")}, 'mlflow.parentRunId', ${id("(ceil(n / 10.0) * 10)::integer")} from ${numbers}
     where n % 10 <> 0 and ceil(n / 10.0) * 10 <= ${count}`,
    "analyze tracked_runs, latest_metrics, tracked_params, tracked_tags",
  ];
  for (const statement of statements) await queryDatabase(platform, statement);
}
