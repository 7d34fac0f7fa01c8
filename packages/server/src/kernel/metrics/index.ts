export { latencySamples } from "./latency-samples.ts";
export type { Labels, MetricFamily, Sample } from "./metric-family.ts";
export { processMetrics } from "./process-metrics.ts";
export { expositionType, renderExposition } from "./render-exposition.ts";
