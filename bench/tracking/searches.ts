import { seededRunId } from "./seeded-run.ts";

/** One search of the runs that are loaded into every server, or by SQL. */
export interface BenchSearch {
  readonly name: string;
  readonly filter: string;
  readonly orderBy: readonly string[];
  readonly maxResults: number;
  /** How many of the seeded experiments are searched, from the largest on; one where it says nothing. */
  readonly experiments?: number;
  /** Pave's own grammar, which MLflow refuses. */
  readonly isExtension?: boolean;
}

const search = (name: string, filter: string, over: Partial<BenchSearch> = {}): BenchSearch => ({
  name,
  filter,
  orderBy: [],
  maxResults: 100,
  ...over,
});

/** As a client asks it of experiments, the largest of which comes first. */
export const bodyOf = ({ filter, orderBy, maxResults, experiments = 1 }: BenchSearch, ids: readonly string[]) => ({
  experiment_ids: ids.slice(0, experiments),
  filter,
  order_by: orderBy,
  max_results: maxResults,
});

/** What people ask of many runs. Shares are those of the runs that match where they are loaded by SQL. */
export const searches: readonly BenchSearch[] = [
  search("the newest", "", { maxResults: 1000 }),
  search("a metric above nearly all (0.1 %)", "metrics.accuracy > 0.999"),
  search("a metric above many (10 %)", "metrics.accuracy > 0.9"),
  search("a metric above most (70 %), 1,000 of them", "metrics.accuracy > 0.3", { maxResults: 1000 }),
  search("a metric between two values (2 %)", "metrics.loss >= 1 AND metrics.loss < 1.2"),
  search("two metrics at once (1 %)", "metrics.accuracy > 0.9 AND metrics.f1 > 0.9"),
  search("a metric that is not a value", "metrics.best_step != 3"),
  search("a param of many values (0.001 %)", "params.seed = '4217'"),
  search("a param of few values (20 %)", "params.optimizer = 'adamw'"),
  search("two params and a metric", "params.optimizer = 'adamw' AND params.depth = '7' AND metrics.auc > 0.95"),
  search("a param that begins with", "params.data_version LIKE '2026-1%'"),
  search("a param with a word in it", "params.model ILIKE '%FOREST%'"),
  search("a tag (0.1 %)", "tags.ticket = 'T-42'"),
  search("a tag of few values, and not another", "tags.team = 'vision' AND tags.mlflow.user != 'user-3'"),
  search("a run's name", "attributes.run_name = 'run-4711'"),
  search("runs' names that begin with", "attributes.run_name LIKE 'run-47%'"),
  search("a rare status (0.5 %)", "attributes.status = 'FAILED'"),
  search("a time of one day", "attributes.start_time >= 1767225600000 AND attributes.start_time < 1767312000000"),
  search("the best by a metric", "", { orderBy: ["metrics.accuracy DESC"] }),
  search("the best by a metric of those with a param", "params.optimizer = 'adamw'", {
    orderBy: ["metrics.val_loss ASC"],
  }),
  search("by a param", "metrics.accuracy > 0.5", { orderBy: ["params.lr ASC"] }),
  search("the newest of several experiments", "metrics.accuracy > 0.5", { experiments: 8 }),
  search("runs by their ids", `attributes.run_id IN (${[1, 70, 4711].map((n) => `'${seededRunId(n)}'`).join(", ")})`),
  search("a data set", "datasets.name = 'flights-17' AND datasets.context = 'train'"),
  search("one or the other", "(metrics.accuracy > 0.999 OR params.seed = '4217') AND NOT status = 'FAILED'", {
    isExtension: true,
  }),
];

export const standardSearches = searches.filter(({ isExtension = false }) => !isExtension);
