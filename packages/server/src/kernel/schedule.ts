import { parseDurationMs } from "./time.ts";

/** When something is done by itself: never, once a day at a minute of UTC, or so often. As text it is what was given. */
export interface Schedule {
  readonly text: string;
  /** The first time after the last one; null for never. What was never done is due at once. */
  nextAfter(last: Date | null, now: Date): Date | null;
  toString(): string;
}

const dayMs = 86_400_000;
const leastMs = 60_000;

/** `02:30`, `6h` or `off`; undefined for anything else. */
export function parseSchedule(text: string): Schedule | undefined {
  const make = (nextAfter: Schedule["nextAfter"]): Schedule => ({ text, nextAfter, toString: () => text });
  if (text === "off") return make(() => null);
  const time = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (time) {
    const offsetMs = (Number(time[1]) * 60 + Number(time[2])) * 60_000;
    return make((last, now) => {
      if (last === null) return now;
      const today = Math.floor(last.getTime() / dayMs) * dayMs + offsetMs;
      return new Date(today > last.getTime() ? today : today + dayMs);
    });
  }
  const everyMs = parseDurationMs(text);
  if (everyMs === undefined || everyMs < leastMs) return undefined;
  return make((last, now) => (last === null ? now : new Date(last.getTime() + everyMs)));
}
