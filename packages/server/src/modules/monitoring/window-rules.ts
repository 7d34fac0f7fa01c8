import type { ProjectSpec } from "@pave/contract";
import { type DriftPolicy, driftPolicySchema, minimumRows } from "@pave/contract/drift";
import { parseDurationMs } from "../../kernel/time.ts";

/** What a project says of how its rows are judged. */
export interface WatchRules {
  readonly window: WindowRules;
  readonly policy: DriftPolicy;
}

/** What a project does not say is as everywhere. */
export function watchRules(spec: ProjectSpec | null): WatchRules {
  const { thresholds, ignore } = spec?.monitor.drift ?? {};
  return { window: windowRules(spec), policy: driftPolicySchema.parse({ ...thresholds, ignore }) };
}

/** When the rows that have come are judged. */
export interface WindowRules {
  readonly rows: number;
  /** A window of a busy endpoint would see nothing but one minute's callers. */
  readonly shortestMs: number;
  /** A window of a quiet one ends however few rows came. */
  readonly longestMs: number;
}

const minuteMs = 60_000;
const defaultWindowRules: WindowRules = {
  rows: 500,
  shortestMs: 5 * minuteMs,
  longestMs: 24 * 60 * minuteMs,
};

function windowRules(spec: ProjectSpec | null): WindowRules {
  const window = spec?.monitor.drift?.window ?? {};
  const duration = (text: string | undefined, otherwise: number) =>
    Math.max(10_000, (text === undefined ? undefined : parseDurationMs(text)) ?? otherwise);
  const shortestMs = duration(window.shortest, defaultWindowRules.shortestMs);
  return {
    rows: Math.max(minimumRows, window.rows ?? defaultWindowRules.rows),
    shortestMs,
    longestMs: Math.max(shortestMs, duration(window.longest, defaultWindowRules.longestMs)),
  };
}

/** Counts are kept by ten seconds, and gateways tell theirs some seconds late. */
const grainMs = 10_000;
const lateMs = 10_000;

/** Where a window that began then ends, if it ends now. */
export function windowEnd(
  since: Date,
  now: Date,
  rowsUntil: (end: Date) => Promise<number>,
  rules: WindowRules,
): Promise<{ readonly end: Date; readonly rows: number } | undefined> {
  const end = new Date(Math.floor((now.getTime() - lateMs) / grainMs) * grainMs);
  const lengthMs = end.getTime() - since.getTime();
  if (lengthMs < rules.shortestMs) return Promise.resolve(undefined);
  return rowsUntil(end).then((rows) => (rows >= rules.rows || lengthMs >= rules.longestMs ? { end, rows } : undefined));
}

/** Where windows may begin. */
export const grainOf = (time: Date): Date => new Date(Math.floor(time.getTime() / grainMs) * grainMs);
