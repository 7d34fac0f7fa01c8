import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./pave.ts";
import { laterFile, showDeployment } from "./sample.ts";
import { keepSending, type LaterFlight, laterFlights, rowsOf } from "./traffic.ts";

/**
 * Flights of June as their callers know them, with the hour of the place: whatever a version was trained on. In an order
 * in which any few hundred are of all days and hours: asked about in that of their departure, a month in seconds would
 * be Mondays for a moment and Tuesdays in the next, and a monitor would say so.
 */
export async function flightsOfJune(limit: number): Promise<LaterFlight[]> {
  const sql = await readFile(join(root, "examples", "flight-delays", "features.sql"), "utf8");
  const flights = await laterFlights(laterFile, sql, limit);
  return flights.map((flight, index) => flights[(index * stride) % flights.length] ?? flight);
}

/** A prime, so that none is left out. */
const stride = 2311;

export interface Callers {
  readonly ended: Promise<unknown>;
  stop(): Promise<{ requests: number; failed: number }>;
}

/**
 * Callers of production that go on beside whatever else is done. Each asks about ten flights at a time: where a step of
 * the sample's canary ends after fifty requests and some are not counted yet, single flights may be too few to tell a
 * difference. Of flights enough that hardly one is asked about twice, or a monitor would take the sample for a change.
 */
export async function callOn(token: string, perSecond: number): Promise<Callers> {
  const stopping = new AbortController();
  const rows = rowsOf(await flightsOfJune(8000));
  const { url } = await showDeployment("production");
  const ended = keepSending({ url, token, rows, rowsEach: 10, perSecond, signal: stopping.signal });
  return {
    ended,
    stop() {
      stopping.abort();
      return ended;
    },
  };
}
