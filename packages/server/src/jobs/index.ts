export { enqueueAll, enqueueWork } from "./enqueue-work.ts";
export { findWorkResult } from "./find-work-result.ts";
export { createJobs, type Jobs } from "./jobs.ts";
export { type Deliverer, serveApart } from "./serve-apart.ts";
export type {
  LogChunk,
  Work,
  WorkHandler,
  WorkResult,
} from "./work.ts";
export { workMetrics } from "./work-metrics.ts";
export { findPresentRunners, type RunnerHost } from "./work-store.ts";
