import { counted, type Deployment } from "@pave/contract";
import type { Readiness } from "./readiness.ts";
import type { Counts } from "./traffic.ts";
import { quantiles } from "./traffic.ts";

export interface HealthInput {
  /** Is a release active at all? */
  readonly isReleased: boolean;
  readonly readiness: Readiness;
  /** Of the last five minutes. */
  readonly now: Counts;
  readonly slo: { readonly availability?: number; readonly p99Ms?: number };
}

/** Fewer requests than this say nothing about a service level. */
const enoughRequests = 20;

/** Is it well, and why do we think so? Errors are the endpoint's own (5xx); 4xx are mistakes of its callers. */
export function healthOf({ isReleased, readiness, now, slo }: HealthInput): {
  health: Deployment["health"];
  healthReason: string;
} {
  const say = (health: Deployment["health"], healthReason: string) => ({ health, healthReason });
  if (!isReleased) return say("empty", "Nothing is released here yet.");
  if (readiness.gateways === 0)
    return say("down", "No gateway has reported lately; whether the endpoint answers is unknown.");
  if (readiness.ready === 0 && readiness.failure)
    return say("down", `The gateway could not load the model: ${readiness.failure}`);
  if (readiness.ready < readiness.gateways)
    return say("degraded", `${readiness.ready} of ${readiness.gateways} gateways have the model loaded.`);
  if (now.requests === 0) return say("healthy", "Ready; no requests in the last five minutes.");

  const errorRate = now.errors5xx / now.requests;
  const errors = `${percent(errorRate)} of ${counted(now.requests, "request")} in the last five minutes failed`;
  if (errorRate >= 0.5) return say("down", `${errors}.`);
  if (slo.availability !== undefined && now.requests >= enoughRequests && errorRate > 1 - slo.availability / 100) {
    return say("degraded", `${errors}; the service level is ${slo.availability} % availability.`);
  }
  const { p99Ms } = quantiles(now);
  if (slo.p99Ms !== undefined && p99Ms !== null && now.requests >= enoughRequests && p99Ms > slo.p99Ms) {
    return say(
      "degraded",
      `The 99th percentile of latency is ${round(p99Ms)} ms; the service level is ${slo.p99Ms} ms.`,
    );
  }
  const latency = p99Ms === null ? "" : `, 99th percentile ${round(p99Ms)} ms`;
  return say(
    "healthy",
    `${counted(now.requests, "request")} in the last five minutes, ${percent(errorRate)} failed${latency}.`,
  );
}

const percent = (share: number): string => `${round(share * 100)} %`;
const round = (value: number): number => Number(value.toPrecision(3));
