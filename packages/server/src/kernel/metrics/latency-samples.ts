import { type Latency, latencyBucketsMs } from "@pave/contract/gateway";
import type { Labels, Sample } from "./metric-family.ts";

/** Every fourth bound of our own, which is each doubling: enough for quantiles, and a quarter of the series. */
const every = 4;

/** A latency as a histogram's samples, in seconds. Counts are exact: each bound is one of those that were counted by. */
export function latencySamples(labels: Labels, latency: Latency): Sample[] {
  let below = 0;
  const buckets = latency.buckets.flatMap((count, index): Sample[] => {
    below += count;
    const bound = latencyBucketsMs[index];
    if (bound === undefined || index % every !== 0) return [];
    return [{ suffix: "_bucket", labels: { ...labels, le: String(bound / 1000) }, value: below }];
  });
  return [
    ...buckets,
    { suffix: "_bucket", labels: { ...labels, le: "+Inf" }, value: below },
    { suffix: "_sum", labels, value: latency.sumMs / 1000 },
    { suffix: "_count", labels, value: below },
  ];
}
