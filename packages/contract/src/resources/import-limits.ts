/** How much one request of an import may hold, and how long texts may be: MLflow's own limits, where it has them. */
export const limits = {
  /** Runs, or keys of things, at once. */
  page: 1000,
  points: 25_000,
  /** Runs that are finished at once: they become one fact in the ledger. */
  finish: 200,
  key: 250,
  param: 8000,
  tag: 8000,
  experimentTag: 5000,
  registryTag: 100_000,
  datasetSource: 65_535,
  datasetSchema: 1_048_575,
  datasetProfile: 16_777_215,
} as const;
