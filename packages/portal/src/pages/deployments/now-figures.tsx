import type { DeploymentDetail } from "@pave/contract";
import { milliseconds, percent } from "../../lib/format.ts";
import { Figures } from "../../ui/facts.tsx";

/** The last five minutes, against the service level where there is one. */
export function NowFigures({ deployment: { now, slo, weights } }: { deployment: DeploymentDetail }) {
  const isIdle = now.requestsPerMinute === 0;
  const allowed = slo.availability === undefined ? undefined : 1 - slo.availability / 100;
  const isSlow = slo.p99Ms !== undefined && now.p99Ms !== null && now.p99Ms > slo.p99Ms;
  return (
    <Figures
      figures={[
        {
          label: "Traffic",
          value: `${now.requestsPerMinute.toFixed(now.requestsPerMinute < 10 ? 1 : 0)} req/min`,
          context: "last 5 minutes",
        },
        {
          label: "Errors (5xx)",
          value: isIdle ? "–" : percent(now.errorRate, 2),
          context: allowed === undefined ? "no service level set" : `allowed ${percent(allowed, 2)}`,
          ...(allowed !== undefined && now.errorRate > allowed ? { tone: "bad" } : {}),
        },
        { label: "Latency p50", value: milliseconds(now.p50Ms), context: "half is faster" },
        { label: "Latency p95", value: milliseconds(now.p95Ms), context: "95 % is faster" },
        {
          label: "Latency p99",
          value: milliseconds(now.p99Ms),
          context: slo.p99Ms === undefined ? "no service level set" : `service level ${slo.p99Ms} ms`,
          ...(isSlow ? { tone: "bad" } : {}),
        },
        {
          label: "Serving",
          value:
            weights.length === 0
              ? "nothing"
              : weights.length === 1
                ? `version ${weights[0]?.modelVersion}`
                : `${weights.length} versions`,
          context:
            weights
              .map(({ modelVersion, weight }) => `version ${modelVersion} ${percent(weight / 100, 0)}`)
              .join(", ") || "\u00a0",
        },
      ]}
    />
  );
}
