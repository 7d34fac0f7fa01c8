export { completeUsage, totalUsage } from "./energy.ts";
export { estimateServing, type LoadedModel, type MeasuredTraffic, type ServedDeployment } from "./estimate-serving.ts";
export { costOf, gramsOf, type Rates } from "./rates.ts";
