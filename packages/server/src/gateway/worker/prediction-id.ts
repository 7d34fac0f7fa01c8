import { randomUUID } from "node:crypto";

/** Three hex digits: the 12 bits that count within a millisecond. */
const counters = Array.from({ length: 4096 }, (_, index) => index.toString(16).padStart(3, "0"));
let lastMs = -1;
let head = "";
let tail = "";
let count = 0;

/**
 * A UUIDv7 with a counter (RFC 9562, method 1): time, count within the millisecond, and 62 random bits that are new for
 * every millisecond. `newId` took 9 % of a worker's own time, a new random part for each id still 4 %.
 */
export function newPredictionId(nowMs = Date.now()): string {
  if (nowMs !== lastMs || count === counters.length) {
    const time = nowMs.toString(16).padStart(12, "0");
    head = `${time.slice(0, 8)}-${time.slice(8)}-7`;
    tail = randomUUID().slice(18);
    lastMs = nowMs;
    count = 0;
  }
  const id = `${head}${counters[count]}${tail}`;
  count += 1;
  return id;
}
