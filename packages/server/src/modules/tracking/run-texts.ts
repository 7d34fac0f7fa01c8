import type { Ctx } from "../../db/context.ts";
import { gathered } from "../../db/gather.ts";
import { prepared } from "../../db/prepared.ts";
import { findRunHeads } from "./run-store.ts";
import type { DatasetInput, RunHead, RunModel } from "./tracked-run.ts";

/**
 * A run for those who pass it on as JSON: the long lists are texts that the database wrote, items of a JSON list with
 * `key` and `value` each, metrics also with `step` and `timestamp`. Nothing here reads and writes them again.
 */
export interface RunTexts {
  readonly head: RunHead;
  readonly metrics: string;
  readonly params: string;
  readonly tags: string;
  readonly datasets: readonly DatasetInput[];
  readonly models: readonly RunModel[];
}

type Kind = Exclude<keyof RunTexts, "head">;
type Lists = Readonly<Partial<Record<Kind, string>>>;

/** A list for each kind of thing that each run has; `concat` makes no copy for each part as `||` does. */
const listsByRun = prepared<{ readonly runId: string; readonly kind: Kind; readonly list: string }>(
  "lists of runs",
  `select run_id as "runId", 'metrics' as kind, string_agg(concat('{"key":', to_json(key), ',"value":',
     case when value = 'NaN' then '"NaN"' else value::text end, ',"step":', step, ',"timestamp":',
     (date_part('epoch', time) * 1000)::bigint, '}'), ',' order by key) as list
   from latest_metrics where run_id = any($1::text[]) group by run_id
   union all
   select run_id, 'params', string_agg(concat('{"key":', to_json(key), ',"value":', to_json(value), '}'), ',' order by key)
   from tracked_params where run_id = any($1::text[]) group by run_id
   union all
   select run_id, 'tags', string_agg(concat('{"key":', to_json(key), ',"value":', to_json(value), '}'), ',' order by key)
   from tracked_tags where run_id = any($1::text[]) group by run_id
   union all
   select i.run_id, 'datasets', json_agg(json_build_object('name', d.name, 'digest', d.digest,
     'sourceType', d.source_type, 'source', d.source, 'schema', d.schema, 'profile', d.profile, 'tags', i.tags)
     order by d.id)::text
   from tracked_inputs i join tracked_datasets d on d.id = i.dataset_id where i.run_id = any($1::text[]) group by i.run_id
   union all
   select run_id, 'models', json_agg(json_build_object('modelId', model_id, 'direction', direction, 'step', step)
     order by direction, step, model_id)::text
   from tracked_run_models where run_id = any($1::text[]) group by run_id`,
);

/** Two at a time, so that both halves of a page are written at once; no longer ones, so that memory stays bounded. */
const findLists = gathered<readonly string[], ReadonlyMap<string, Lists>>({
  lanes: 2,
  most: 500,
  weigh: (runIds) => runIds.length,
  async ask(ctx, pages) {
    const lists = new Map<string, Partial<Record<Kind, string>>>();
    for (const { runId, kind, list } of await listsByRun(ctx, [[...new Set(pages.flat())]])) {
      const known = lists.get(runId);
      if (known) known[kind] = list;
      else lists.set(runId, { [kind]: list });
    }
    return pages.map(() => lists);
  },
});

const chunkSize = 250;
/** The queues are everybody's: a long list is not to stand before a look at one run. */
const chunksAtOnce = 4;

/** In the order of the ids; what is not there is left out. */
export async function readRunTexts(ctx: Ctx, runIds: readonly string[]): Promise<RunTexts[]> {
  const chunks = Array.from({ length: Math.ceil(runIds.length / chunkSize) }, (_, index) =>
    runIds.slice(index * chunkSize, (index + 1) * chunkSize),
  );
  const read = async (chunk: readonly string[]) => {
    const [heads, lists] = await Promise.all([findRunHeads(ctx, chunk), findLists(ctx, chunk)]);
    return heads.flatMap((head) => (head ? [toTexts(head, lists.get(head.runId))] : []));
  };
  const texts: RunTexts[][] = [];
  for (let at = 0; at < chunks.length; at += chunksAtOnce)
    texts.push(...(await Promise.all(chunks.slice(at, at + chunksAtOnce).map(read))));
  return texts.flat();
}

const toTexts = (head: RunHead, { metrics = "", params = "", tags = "", datasets, models }: Lists = {}): RunTexts => ({
  head,
  metrics,
  params,
  tags,
  datasets: datasets === undefined ? [] : (JSON.parse(datasets) as DatasetInput[]),
  models: models === undefined ? [] : (JSON.parse(models) as RunModel[]),
});
