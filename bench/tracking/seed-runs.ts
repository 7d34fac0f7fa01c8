import type pg from "pg";
import { connectToDatabase } from "../../tests/support/database.ts";
import type { PaveServer } from "./servers/pave.ts";

/*
 * Many runs by SQL: 10 metrics, 10 params, 5 tags and one data set each, in ten experiments of which the first has
 * nine tenths. A run's number stands in its name, and the same number is the same run every time.
 */

const tables = ["tracked_runs", "latest_metrics", "tracked_params", "tracked_tags", "tracked_inputs"];

interface Seeding {
  readonly experimentIds: readonly string[];
  /** Numbers of the runs that are added. */
  readonly from: number;
  readonly to: number;
  say(text: string): void;
}

/** Indexes are made again afterwards, which takes a fraction of the time. */
export async function seedRuns(server: PaveServer, { experimentIds, from, to, say }: Seeding): Promise<void> {
  const client = await connectToDatabase(server.platform);
  try {
    for (const setting of ["statement_timeout = 0", "maintenance_work_mem = '256MB'", "work_mem = '64MB'"])
      await client.query(`set ${setting}`);
    await client.query("begin");
    say(`loading runs ${from.toLocaleString("en")} to ${to.toLocaleString("en")} by SQL`);
    const restore = await dropIndexes(client);
    await client.query(`create temporary table seeds on commit drop as ${seeds}`, [experimentIds, from, to - 1]);
    for (const statement of [runs, metrics, params, tags, datasets, inputs]) await client.query(statement);
    say("making indexes");
    await restore();
    await client.query("commit");
    for (const table of tables) await client.query(`vacuum analyze ${table}`);
  } finally {
    await client.end();
  }
}

/** Each run began a minute before the one with the number below; its values come from hashes of its number. */
const seeds = `
  select n, md5('run ' || n) as run_id,
    ($1::bigint[])[case when n % 10 > 0 then 1 else 1 + n / 10 % 10 end] as experiment_id,
    timestamptz '2026-02-01 00:00:00Z' - n * interval '1 minute' as start_time
  from generate_series($2::integer, $3::integer) as n`;

const unit = (salt: string) => `((hashint4extended(s.n, ${salt}) & 1048575) / 1048576.0)`;

const runs = `
  insert into tracked_runs (run_id, experiment_id, name, principal_id, user_name, status, artifact_uri, start_time, end_time)
  select run_id, experiment_id, 'run-' || n, (select id from principals limit 1), 'user-' || n % 20, case when n % 200 = 0 then 'FAILED' else 'FINISHED' end,
    'mlflow-artifacts:/' || experiment_id || '/' || run_id || '/artifacts', start_time, start_time + interval '50 seconds'
  from seeds`;

const metrics = `
  insert into latest_metrics (run_id, key, value, step, time, experiment_id, start_time)
  select s.run_id, k.key, case k.key when 'loss' then 10 * ${unit("k.salt")} when 'best_step' then floor(100 * ${unit("k.salt")})
    else ${unit("k.salt")} end, 100, s.start_time + interval '40 seconds', s.experiment_id, s.start_time
  from seeds s, (values ('accuracy', 1), ('auc', 2), ('best_step', 3), ('epoch_seconds', 4), ('f1', 5), ('loss', 6),
    ('precision', 7), ('recall', 8), ('val_accuracy', 9), ('val_loss', 10)) as k(key, salt)`;

const params = `
  insert into tracked_params (run_id, key, value, experiment_id, start_time)
  select s.run_id, k.key, k.value, s.experiment_id, s.start_time from seeds s, lateral (values
    ('batch_size', (16 * (1 + s.n % 6))::text),
    ('data_version', to_char(date '2026-01-01' + s.n % 300, 'YYYY-MM-DD')),
    ('depth', (s.n / 7 % 10)::text),
    ('dropout', round(${unit("21")}, 2)::text),
    ('hidden', (64 * (1 + s.n / 3 % 8))::text),
    ('lr', round(${unit("22")}, 5)::text),
    ('model', (array['linear', 'random-forest', 'boosted-trees', 'mlp', 'resnet', 'transformer', 'svm', 'knn'])[1 + s.n / 11 % 8]),
    ('optimizer', (array['adam', 'adamw', 'sgd', 'lion', 'rmsprop'])[1 + s.n / 13 % 5]),
    ('scheduler', (array['none', 'cosine', 'step'])[1 + s.n / 17 % 3]),
    ('seed', (hashint4extended(s.n, 23) & 65535)::text)) as k(key, value)`;

const tags = `
  insert into tracked_tags (run_id, key, value, experiment_id, start_time)
  select s.run_id, k.key, k.value, s.experiment_id, s.start_time from seeds s, lateral (values
    ('mlflow.runName', 'run-' || s.n), ('mlflow.user', 'user-' || s.n % 20),
    ('mlflow.source.name', 'train_' || s.n % 30 || '.py'), ('ticket', 'T-' || s.n / 7 % 1000),
    ('team', (array['vision', 'text', 'pricing', 'fraud', 'search'])[1 + s.n / 19 % 5])) as k(key, value)`;

const datasets = `
  insert into tracked_datasets (experiment_id, name, digest, source_type, source)
  select e.experiment_id, 'flights-' || d, md5(d::text), 'local', '{}'
  from (select distinct experiment_id from seeds) as e, generate_series(0, 99) as d
  on conflict do nothing`;

const inputs = `
  insert into tracked_inputs (run_id, dataset_id, tags, experiment_id, start_time)
  select s.run_id, sets.id, jsonb_build_object('mlflow.data.context', case when s.n % 3 = 0 then 'eval' else 'train' end), s.experiment_id, s.start_time
  from seeds s join tracked_datasets sets on sets.experiment_id = s.experiment_id and sets.name = 'flights-' || s.n / 23 % 100`;

/** Gives what makes them again: keys and indexes first, then what refers to keys. */
async function dropIndexes(client: pg.ClientBase): Promise<() => Promise<void>> {
  const { rows: constraints } = await client.query<{ table: string; name: string; definition: string }>(
    `select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
     where contype in ('p', 'u', 'f') and (conrelid = any($1::regclass[]) or confrelid = any($1::regclass[]))
     order by contype = 'f'`,
    [tables],
  );
  for (const { table, name } of constraints.toReversed())
    await client.query(`alter table ${table} drop constraint ${name}`);
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    "select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index where indrelid = any($1::regclass[])",
    [tables],
  );
  for (const { name } of indexes) await client.query(`drop index ${name}`);
  return async () => {
    for (const { definition } of indexes) await client.query(definition);
    for (const { table, name, definition } of constraints)
      await client.query(`alter table ${table} add constraint ${name} ${definition}`);
  };
}
