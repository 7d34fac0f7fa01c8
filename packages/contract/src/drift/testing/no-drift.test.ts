import { expect, test } from "vitest";
import { judgeWindow, type WindowJudgement } from "../judge/judge-window.ts";
import { seededRandom } from "../math/random.ts";
import { readFlights } from "./flight-table.ts";
import { drawReference, windowsOf } from "./replay.ts";

/**
 * What false alarms cost: a thousand models watched over 20 windows each in which nothing changes. Reference and windows
 * are drawn from one table, so that the reference's own chance counts as well: 50 references, 20 replays of each.
 */
const replays = { references: 50, ofEach: 20, windows: 20 };
const flights = readFlights();

test.each([
  { referenceRows: 10_000, rows: 200 },
  { referenceRows: 10_000, rows: 1000 },
  { referenceRows: 500, rows: 1000 },
])(
  "of 1,000 models without drift at most 5 % alert within 20 windows: $rows rows against $referenceRows",
  (sizes) => {
    const random = seededRandom(sizes.referenceRows + sizes.rows);
    let [alerts, watched] = [0, 0];
    for (let reference = 0; reference < replays.references; reference += 1) {
      const draw = windowsOf(drawReference(flights, sizes.referenceRows, random), flights);
      for (let replay = 0; replay < replays.ofEach; replay += 1) {
        const statuses = replayStatuses(() => draw(sizes.rows, random));
        if (statuses.includes("drift")) alerts += 1;
        watched += statuses.filter((status) => status !== "ok").length;
      }
    }
    const models = replays.references * replays.ofEach;
    process.stdout.write(
      `no drift, ${sizes.rows} rows against ${sizes.referenceRows}: ${alerts} of ${models} models alert, ${watched} of ${models * replays.windows} windows have a finding\n`,
    );
    expect(alerts / models).toBeLessThanOrEqual(0.05);
    expect(watched / models / replays.windows).toBeLessThanOrEqual(0.05);
  },
  300_000,
);

function replayStatuses(draw: () => Parameters<typeof judgeWindow>[0]): WindowJudgement["status"][] {
  const judgements: WindowJudgement[] = [];
  for (let window = 0; window < replays.windows; window += 1) {
    judgements.push(judgeWindow(draw(), { recent: judgements.slice(-2) }));
  }
  return judgements.map(({ status }) => status);
}
