import type { TruthSpan } from "@pave/contract";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** When a window begins, in UTC, in which windows are cut: `11 Jun`, with `isLong` and the year. */
export function windowText(by: TruthSpan, start: string, isLong = false): string {
  const time = new Date(start);
  const day = `${time.getUTCDate()} ${months[time.getUTCMonth()]}${isLong ? ` ${time.getUTCFullYear()}` : ""}`;
  return by === "hour" ? `${day}${isLong ? "," : ""} ${start.slice(11, 16)}` : day;
}
