import type { Driven } from "../../harness/drive.ts";
import type { Aim, Measured } from "../../harness/result.ts";
import type { Seeded } from "../seed.ts";
import type { TrackingServer } from "../servers/server.ts";
import type { Sizes } from "../sizes.ts";

export interface CaseInput {
  readonly server: TrackingServer;
  readonly seeded: Seeded;
  readonly sizes: Sizes;
  /** Of the packages of stock clients. */
  readonly python: string;
  /** Keeps an answer that must be the same on every server. */
  answered(what: string, text: string): void;
  /** Tells whoever waits how far it is. */
  say(text: string): void;
}

/** A thing that is measured on one server. */
export interface Case {
  /** By what `--only` finds it. */
  readonly name: string;
  /** Left out for peers where they cannot be loaded with as much. */
  readonly onlyPave?: boolean;
  run(input: CaseInput): Promise<Measured[]>;
}

/** Answer times of one caller; `mostMs` is what the median may be, beside ten times MLflow. */
export const answerTimes = (name: string, { p50Ms, p95Ms }: Driven, mostMs?: number): Measured[] => [
  { case: name, metric: "p50", unit: "ms", value: p50Ms, better: "lower", ...aimOf(mostMs) },
  { case: name, metric: "p95", unit: "ms", value: p95Ms, better: "lower" },
];

const aimOf = (absolute: number | undefined): { aim?: Aim } =>
  absolute === undefined ? {} : { aim: { absolute, times: 10 } };

export const throughput = (name: string, connections: number, { perSecond }: Driven, least?: number): Measured => ({
  case: name,
  metric: `at ${connections} connections`,
  unit: "/s",
  value: perSecond,
  better: "higher",
  ...aimOf(least),
});
