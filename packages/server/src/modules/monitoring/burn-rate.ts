import type { SloStatus } from "@pave/contract";

/**
 * Alerts on service levels by the rate at which the error budget of 30 days burns, over a long and a short window at
 * once: the long one so that it matters, the short one so that it is still so (Google's SRE workbook, chapter 5).
 */
export const burnWindows = [
  { severity: "page", long: "1 h", longMinutes: 60, short: "5 min", shortMinutes: 5, limit: 14.4 },
  { severity: "page", long: "6 h", longMinutes: 360, short: "30 min", shortMinutes: 30, limit: 6 },
  { severity: "ticket", long: "1 d", longMinutes: 1440, short: "2 h", shortMinutes: 120, limit: 3 },
  { severity: "ticket", long: "3 d", longMinutes: 4320, short: "6 h", shortMinutes: 360, limit: 1 },
] as const;

/** What was counted since so many minutes ago. */
export interface SloCounts {
  readonly requests: number;
  readonly failed: number;
  readonly slow: number;
}

/** One failure of a hundred requests burns any budget fast and means nothing: so many in the long window are asked. */
const leastBad = 5;

export interface Objective {
  readonly name: SloStatus["name"];
  /** Share of requests that may be bad. */
  readonly budget: number;
  readonly text: string;
  bad(counts: SloCounts): number;
}

/** `availability` in percent of answers without a 5xx; `p99Ms`: 99 in 100 requests are answered within it. */
export function objectivesOf({ availability, p99Ms }: { availability?: number; p99Ms?: number }): Objective[] {
  return [
    ...(availability === undefined
      ? []
      : [
          {
            name: "availability" as const,
            budget: 1 - availability / 100,
            text: `${availability} % of requests answered without a 5xx`,
            bad: ({ failed }: SloCounts) => failed,
          },
        ]),
    ...(p99Ms === undefined
      ? []
      : [
          {
            name: "latency" as const,
            budget: 0.01,
            text: `99 % of requests answered within ${p99Ms} ms`,
            bad: ({ slow }: SloCounts) => slow,
          },
        ]),
  ];
}

export function sloStatus(objective: Objective, countsOf: (minutes: number) => SloCounts): SloStatus {
  const burnOf = (counts: SloCounts) =>
    counts.requests === 0 ? 0 : objective.bad(counts) / counts.requests / Math.max(objective.budget, 1e-9);
  return {
    name: objective.name,
    objective: objective.text,
    requests: countsOf(4320).requests,
    burn: burnWindows.map(({ severity, long, longMinutes, short, shortMinutes, limit }) => {
      const [slowly, lately] = [countsOf(longMinutes), countsOf(shortMinutes)];
      const [longBurn, shortBurn] = [burnOf(slowly), burnOf(lately)];
      const isBurning = longBurn > limit && shortBurn > limit && objective.bad(slowly) >= leastBad;
      return { severity, long, short, limit, longBurn, shortBurn, isBurning };
    }),
  };
}
