import { autolog } from "./autolog.ts";
import type { Case } from "./case.ts";
import { artifacts } from "./files.ts";
import { largeSearch } from "./large-search.ts";
import { filteredSearch, getRun, history, searchRuns } from "./reads.ts";
import { createRuns, logBatch, logKeys, logMetric } from "./writes.ts";

/** In this order: what is looked for is not yet among what others have written. */
export const cases: readonly Case[] = [
  searchRuns,
  filteredSearch,
  history,
  getRun,
  createRuns,
  logMetric,
  logBatch,
  logKeys,
  artifacts,
  autolog,
  largeSearch,
];
