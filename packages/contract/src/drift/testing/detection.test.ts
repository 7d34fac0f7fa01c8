import { expect, test } from "vitest";
import { isAlert } from "../judge/judge-column.ts";
import { judgeWindow, type WindowJudgement } from "../judge/judge-window.ts";
import type { FindingKind } from "../judge/test-column.ts";
import { seededRandom } from "../math/random.ts";
import { type Flight, logistic, logit, readFlights } from "./flight-table.ts";
import { drawReference, windowsOf } from "./replay.ts";

/** What false quiet costs: changes of known size, each in a hundred replays, looked for in their own column. */
const replays = 100;
const flights = readFlights();
const reference = drawReference(flights, 10_000, seededRandom(1));
const chance = seededRandom(2);

interface Change {
  readonly name: string;
  readonly column: string;
  readonly finding: FindingKind;
  readonly change: (flight: Flight) => Partial<Flight>;
}
const changes: readonly Change[] = [
  {
    name: "departures in UTC",
    column: "hour",
    finding: "drift",
    change: ({ hour }) => ({ hour: (hour + 5) % 24 }),
  },
  {
    name: "distances half a deviation longer",
    column: "distance",
    finding: "drift",
    change: ({ distance }) => ({ distance: distance + 290 }),
  },
  {
    name: "distances in kilometres",
    column: "distance",
    finding: "drift",
    change: ({ distance }) => ({ distance: distance * 1.609 }),
  },
  {
    name: "rain on twice as many days",
    column: "rain",
    finding: "drift",
    change: ({ rain }) => ({ rain: rain === 0 && chance() < 0.25 ? 2 : rain }),
  },
  {
    name: "rain unknown for 11 % instead of 3 %",
    column: "rain",
    finding: "missing-values",
    change: ({ rain }) => ({ rain: chance() < 0.08 ? null : rain }),
  },
  {
    name: "a new airport with 5 % of flights",
    column: "origin",
    finding: "unseen-values",
    change: ({ origin }) => ({ origin: chance() < 0.05 ? "new" : origin }),
  },
  {
    name: "predictions up from 0.20 to 0.25",
    column: "prediction",
    finding: "drift",
    change: ({ probability }) => ({ probability: logistic(logit(probability) + 0.31) }),
  },
];

test.each(
  [
    { rows: 200, windows: 4, least: 95 },
    { rows: 1000, windows: 2, least: 99 },
  ].flatMap((sizes) => changes.map((change) => ({ ...sizes, ...change }))),
)(
  "$name: alerts within $windows windows of $rows rows in $least of 100 replays",
  ({ rows, windows, least, ...change }) => {
    const random = seededRandom(rows);
    const draw = windowsOf(
      reference,
      flights.map((flight) => ({ ...flight, ...change.change(flight) })),
    );
    let detected = 0;
    for (let replay = 0; replay < replays; replay += 1) {
      const judgements: WindowJudgement[] = [];
      for (let window = 0; window < windows; window += 1) {
        judgements.push(judgeWindow(draw(rows, random), { recent: judgements.slice(-2) }));
      }
      if (judgements.some((judgement) => alertsFor(judgement, change))) detected += 1;
    }
    process.stdout.write(`${change.name}: ${detected} of ${replays} within ${windows} windows of ${rows} rows\n`);
    expect(detected).toBeGreaterThanOrEqual(least);
  },
  60_000,
);

function alertsFor({ columns, prediction }: WindowJudgement, { column, finding }: Change): boolean {
  const judgement = columns.find((one) => one.column === column) ?? prediction;
  return judgement !== null && isAlert(judgement.status) && judgement.findings.includes(finding);
}

test("a shift of a tenth of a deviation is left alone, however many rows show it", () => {
  const random = seededRandom(3);
  const draw = windowsOf(
    reference,
    flights.map((flight) => ({ ...flight, distance: flight.distance + 58 })),
  );
  const judgement = judgeWindow(draw(50_000, random)).columns.find(({ column }) => column === "distance");
  expect(judgement).toMatchObject({ status: "ok" });
  expect(judgement?.comparison?.chiSquare.p).toBeLessThan(1e-6);
});
