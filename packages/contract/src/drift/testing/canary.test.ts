import { expect, test } from "vitest";
import { WindowCounts } from "../counts/window-counts.ts";
import { comparePredictions } from "../judge/compare-predictions.ts";
import { type Random, seededRandom } from "../math/random.ts";
import { probabilityColumn } from "../profile/probability-column.ts";
import { referenceProfile } from "../profile/profile-builder.ts";
import { logistic, logit, readFlights } from "./flight-table.ts";
import { drawReference } from "./replay.ts";

const flights = readFlights();
const probabilities = flights.map(({ probability }) => probability);
const draw = (random: Random) => probabilities[Math.floor(random() * probabilities.length)] ?? 0;
/** What the model says whose hours are in UTC: 0.37 on average, where stable says 0.20. */
const inUtc = (probability: number) => logistic(logit(probability) + 0.883);

const { rows, prediction } = drawReference(flights, 10_000, seededRandom(9));
const profiles = {
  "cells of the reference": referenceProfile({ rows, columns: [], prediction }),
  "cells for any probability": referenceProfile({ rows: 0, columns: [], prediction: probabilityColumn }),
};
const cases = Object.entries(profiles).map(([name, profile]) => ({ name, profile }));

test.each(cases.flatMap((one) => [50, 200, 1000].map((candidates) => ({ ...one, candidates }))))(
  "hours in UTC are caught at $candidates predictions of a 5 % canary, in $name",
  ({ profile, candidates }) => {
    const random = seededRandom(candidates);
    const [replays, found] = [100, { aborts: 0, apart: 0 }];
    for (let replay = 0; replay < replays; replay += 1) {
      const [stable, candidate] = [new WindowCounts(profile), new WindowCounts(profile)];
      for (let row = 0; row < candidates * 19; row += 1) stable.observe({}, draw(random));
      for (let row = 0; row < candidates; row += 1) candidate.observe({}, inUtc(draw(random)));
      const { predictionPsi, meanDifference } = comparePredictions([{ stable, candidate }]);
      if ((predictionPsi ?? 0) > 0.2) found.aborts += 1;
      if (meanDifference && meanDifference.low < 0.17 && meanDifference.high > 0.17) found.apart += 1;
    }
    process.stdout.write(`UTC at ${candidates}: ${found.aborts} of ${replays} abort\n`);
    expect(found.aborts).toBe(replays);
    expect(found.apart).toBeGreaterThanOrEqual(85);
  },
  60_000,
);

test.each(cases.flatMap((one) => [1, 19].map((stableRows) => ({ ...one, stableRows }))))(
  "a model against itself, looked at every ten predictions, aborts in about 1 % of rollouts: $stableRows to 1, $name",
  ({ profile, stableRows }) => {
    const random = seededRandom(stableRows);
    const [rollouts, found] = [500, { aborts: 0, byPlainPsi: 0 }];
    for (let rollout = 0; rollout < rollouts; rollout += 1) {
      const [stable, candidate] = [new WindowCounts(profile), new WindowCounts(profile)];
      let [aborts, byPlainPsi] = [false, false];
      for (let seen = 0; seen < 500; seen += 1) {
        candidate.observe({}, draw(random));
        for (let row = 0; row < stableRows; row += 1) stable.observe({}, draw(random));
        if (seen % 10 !== 9 || seen < 49) continue;
        const { predictionPsi, psi } = comparePredictions([{ stable, candidate }]);
        aborts ||= (predictionPsi ?? 0) > 0.2;
        byPlainPsi ||= (psi ?? 0) > 0.2;
      }
      if (aborts) found.aborts += 1;
      if (byPlainPsi) found.byPlainPsi += 1;
    }
    process.stdout.write(
      `a model against itself, ${stableRows} to 1: ${found.aborts} of ${rollouts} abort, ${found.byPlainPsi} by plain PSI\n`,
    );
    expect(found.aborts / rollouts).toBeLessThanOrEqual(0.025);
  },
  60_000,
);

const changing: readonly { readonly kind: string; readonly answer: (random: Random, step: number) => number }[] = [
  {
    kind: "probabilities that rise with the hours",
    answer: (random, step) => Math.min(1, random() * random() + step * 0.1),
  },
  { kind: "one yes in a hundred", answer: (random) => (random() < 0.01 ? 0.95 : 0.05) },
];

test.each(changing)(
  "a model against itself over four steps, up to nearly all traffic, aborts in about 1 % of rollouts: $kind",
  ({ answer }) => {
    const random = seededRandom(31);
    const [rollouts, profile] = [200, profiles["cells for any probability"]];
    let aborts = 0;
    for (let rollout = 0; rollout < rollouts; rollout += 1) {
      const steps: { stable: WindowCounts; candidate: WindowCounts }[] = [];
      let isAborted = false;
      for (const [at, share] of [0.05, 0.25, 0.5, 0.95].entries()) {
        const step = { stable: new WindowCounts(profile), candidate: new WindowCounts(profile) };
        steps.push(step);
        for (let look = 0; look < 10; look += 1) {
          for (let row = 0; row < 20 / share; row += 1)
            (random() < share ? step.candidate : step.stable).observe({}, answer(random, at));
          isAborted ||= (comparePredictions(steps).predictionPsi ?? 0) > 0.2;
        }
      }
      if (isAborted) aborts += 1;
    }
    expect(aborts / rollouts).toBeLessThanOrEqual(0.025);
  },
  60_000,
);
