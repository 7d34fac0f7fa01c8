import { type Schedule, scheduleSchema } from "@pave/contract";
import { describe, expect, it } from "vitest";
import { dueAt } from "./schedule.ts";

const schedule = (given: Partial<Schedule>): Schedule => scheduleSchema.parse(given);
const due = (given: Partial<Schedule>, now: string, urgent = false) =>
  dueAt(schedule(given), new Date(now), urgent).at.toISOString();
const night = { from: "20:00", to: "07:00", urgentPasses: true };

describe("when a message may go out", () => {
  it.each<[string, Partial<Schedule>, string, string]>([
    ["at once without a schedule", {}, "2026-03-01T12:34:56.000Z", "2026-03-01T12:34:56.000Z"],
    ["at once beside quiet hours", { quiet: night }, "2026-03-01T07:00:00.000Z", "2026-03-01T07:00:00.000Z"],
    ["after quiet hours, over midnight", { quiet: night }, "2026-03-01T23:10:00.000Z", "2026-03-02T07:00:00.000Z"],
    ["after quiet hours, past midnight", { quiet: night }, "2026-03-02T03:00:30.000Z", "2026-03-02T07:00:00.000Z"],
    ["with the hour", { digest: "hourly" }, "2026-03-01T12:34:56.000Z", "2026-03-01T13:00:00.000Z"],
    ["with the next hour on the hour", { digest: "hourly" }, "2026-03-01T12:00:00.000Z", "2026-03-01T13:00:00.000Z"],
    [
      "with the hour where clocks are off by half of one",
      { digest: "hourly", timeZone: "Asia/Kolkata" },
      "2026-03-01T12:10:00.000Z",
      "2026-03-01T12:30:00.000Z",
    ],
    [
      "with the day",
      { digest: "daily", timeZone: "Europe/Berlin" },
      "2026-03-01T06:59:00.000Z",
      "2026-03-01T07:00:00.000Z",
    ],
    [
      "with the next day",
      { digest: "daily", timeZone: "Europe/Berlin" },
      "2026-03-01T07:00:00.000Z",
      "2026-03-02T07:00:00.000Z",
    ],
    [
      "with the day on which clocks are put forward",
      { digest: "daily", timeZone: "Europe/Berlin" },
      "2026-03-28T12:00:00.000Z",
      "2026-03-29T06:00:00.000Z",
    ],
    [
      "with the day on which clocks are put back",
      { digest: "daily", timeZone: "Europe/Berlin" },
      "2026-10-24T12:00:00.000Z",
      "2026-10-25T07:00:00.000Z",
    ],
    [
      "with the hour after quiet hours",
      { digest: "hourly", quiet: night },
      "2026-03-01T19:30:00.000Z",
      "2026-03-02T07:00:00.000Z",
    ],
    [
      "when a time comes that clocks leave out",
      { timeZone: "Europe/Berlin", quiet: { from: "22:00", to: "02:30", urgentPasses: true } },
      "2026-03-28T22:00:00.000Z",
      "2026-03-29T01:30:00.000Z",
    ],
  ])("%s", (_, given, now, expected) => expect(due(given, now)).toBe(expected));

  it("at once where it is urgent, unless quiet hours are for that too", () => {
    const now = "2026-03-01T23:10:00.000Z";
    expect(due({ quiet: night, digest: "daily" }, now, true)).toBe(now);
    expect(due({ quiet: { ...night, urgentPasses: false } }, now, true)).toBe("2026-03-02T07:00:00.000Z");
  });
});
