/** A filtered search of the list that is measured. */
export interface Search {
  readonly filter: string;
  readonly order_by: readonly string[];
  readonly max_results: number;
}

const search = (filter: string, order: readonly string[] = [], most = 50): Search => ({
  filter,
  order_by: order,
  max_results: most,
});

/** What people look for in a table of runs: few that fit among many, many with an order, names, times, and none. */
export const searches: readonly Search[] = [
  search(""),
  search("", ["metrics.metric_0 DESC"]),
  search("metrics.metric_0 > 0.9"),
  search("metrics.metric_0 > 0.999", ["metrics.metric_0 DESC"]),
  search("metrics.metric_0 > 0.5 AND metrics.metric_1 < 0.1", ["metrics.metric_1 ASC"]),
  search("params.param_0 = 'forest'"),
  search("params.param_1 = '7' AND metrics.metric_2 > 0.8", ["metrics.metric_2 DESC"]),
  search("tags.stage = 'final'", ["start_time ASC"]),
  search("tags.model = 'network' AND tags.stage != 'draft'", ["metrics.metric_3 ASC"]),
  search("tags.note LIKE '%at 77 times%'"),
  search("attributes.run_name = 'run-5'"),
  search("attributes.run_name LIKE 'run-1%'", ["attributes.run_name ASC"]),
  search("attributes.status = 'FINISHED'", ["metrics.metric_4 DESC", "params.param_0 ASC"]),
  search("attributes.start_time > 1767225700000", ["start_time DESC"]),
  search("tags.owner = 'person-3' AND params.param_0 = 'linear' AND metrics.metric_5 >= 0.25"),
  search("params.param_0 ILIKE 'BOOST%'", ["params.param_1 DESC"]),
  search("metrics.metric_6 > 2"),
  search("tags.absent = 'nothing'"),
  search("metrics.metric_0 >= 0.5 AND metrics.metric_0 < 0.51"),
  search("metrics.metric_0 > 0.9 AND metrics.metric_1 > 0.9"),
  search("metrics.metric_2 != 0.5", [], 1000),
  search("params.param_0 LIKE '%est%'", ["start_time DESC"]),
  search("params.param_1 = '7' AND NOT tags.stage = 'draft'", ["params.param_2 ASC"]),
  search("metrics.metric_0 > 0.999 OR tags.owner = 'person-3' AND metrics.metric_1 > 0.99"),
  search("attributes.start_time >= 1767226000000 AND attributes.start_time < 1767229600000"),
  search("attributes.run_id IN ('0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210')"),
  search("datasets.name = 'flights' AND datasets.context = 'train'"),
];
