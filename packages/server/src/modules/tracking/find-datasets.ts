import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

export interface DatasetSummary {
  readonly experimentId: number;
  readonly name: string;
  readonly digest: string;
  /** What it was read for, such as training; null where nobody said. */
  readonly context: string | null;
}

/** Data sets that runs of the experiments read, each once for what it was read for; the first thousand. */
export async function findDatasets(ctx: Ctx, experimentIds: readonly number[]): Promise<DatasetSummary[]> {
  if (experimentIds.length === 0) return [];
  const { rows } = await sql<DatasetSummary>`
    select distinct d.experiment_id as "experimentId", d.name, d.digest, i.tags ->> 'mlflow.data.context' as context
    from tracked_datasets d join tracked_inputs i on i.dataset_id = d.id
    where d.experiment_id = any(${[...experimentIds]}::bigint[])
    order by 1, 2, 3, 4 limit 1000`.execute(ctx.db);
  return rows;
}
