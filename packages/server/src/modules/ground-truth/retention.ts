const dayMs = 86_400_000;
/** Clocks of gateways may be ahead by so much. */
const aheadMs = 3_600_000;

/** For how long what is kept. */
export interface Retention {
  /** Of predictions and their outcomes: later labels are too late. */
  readonly predictionDays: number;
  /** Of the request log's files. */
  readonly logDays: number;
  /** A label whose prediction has not come for so long is forgotten. */
  readonly pendingDays: number;
  /** May something of that time, in milliseconds, be there? */
  isKept(time: number, now: Date): boolean;
  isTooOld(time: number, now: Date): boolean;
}

export function retentionOf(days: { predictionDays: number; logDays: number; pendingDays?: number }): Retention {
  const isTooOld = (time: number, now: Date) => time < now.getTime() - days.predictionDays * dayMs;
  return {
    pendingDays: 8,
    ...days,
    isTooOld,
    isKept: (time, now) => !isTooOld(time, now) && time <= now.getTime() + aheadMs,
  };
}
