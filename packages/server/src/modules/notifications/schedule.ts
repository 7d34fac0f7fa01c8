import type { Schedule } from "@pave/contract";

const minuteMs = 60_000;
const dayMinutes = 24 * 60;

/** When a message may go out that comes up now, and whether it waits for that together with others. */
export interface Due {
  readonly at: Date;
  readonly isHeld: boolean;
}

/** What is urgent is never collected, and passes quiet hours where that was chosen. */
export function dueAt(schedule: Schedule, now: Date, urgent: boolean): Due {
  const { quiet } = schedule;
  const collected = urgent ? now : endOfDigest(schedule, now);
  const at = quiet && !(urgent && quiet.urgentPasses) ? endOfQuiet(quiet, schedule.timeZone, collected) : collected;
  return { at, isHeld: at.getTime() > now.getTime() };
}

function endOfDigest({ digest, digestAt, timeZone }: Schedule, now: Date): Date {
  switch (digest) {
    case "none":
      return now;
    case "hourly":
      return nextMinute(timeZone, now, (minutes) => 60 - (minutes % 60));
    case "daily":
      return nextTime(timeZone, now, digestAt);
  }
}

function endOfQuiet({ from, to }: { readonly from: string; readonly to: string }, timeZone: string, at: Date): Date {
  const [start, end, minutes] = [minutesOf(from), minutesOf(to), localMinutes(timeZone, at)];
  const isQuiet = start < end ? minutes >= start && minutes < end : minutes >= start || minutes < end;
  return isQuiet ? nextTime(timeZone, at, to) : at;
}

/** The next moment, after `at`, when clocks there show this time. */
const nextTime = (timeZone: string, at: Date, time: string): Date =>
  nextMinute(timeZone, at, (minutes) => (minutesOf(time) - minutes + dayMinutes) % dayMinutes || dayMinutes);

/**
 * So many minutes of the local clock later, on the whole minute. Where clocks are put forward or back in between, the
 * difference is made up for, so that eight o'clock is eight o'clock; a time that is left out comes when it would have.
 */
function nextMinute(timeZone: string, at: Date, distance: (localMinutes: number) => number): Date {
  const begun = localMinutes(timeZone, at);
  const minutes = distance(begun);
  const whole = Math.floor(at.getTime() / minuteMs) * minuteMs;
  const guess = new Date(whole + minutes * minuteMs);
  const wanted = (begun + minutes) % dayMinutes;
  const off = localMinutes(timeZone, guess) - wanted;
  const shift = off > dayMinutes / 2 ? off - dayMinutes : off < -dayMinutes / 2 ? off + dayMinutes : off;
  const corrected = new Date(guess.getTime() - shift * minuteMs);
  return corrected.getTime() > at.getTime() && localMinutes(timeZone, corrected) === wanted ? corrected : guess;
}

function localMinutes(timeZone: string, at: Date): number {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return minutesOf(parts.format(at));
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}
