/**
 * How long it takes until the canary of a model that learned the hours in UTC goes back by itself, at several rates of
 * real later flights and with the sample's settings (steps of at least 3 s, 50 requests, 5 %):
 *
 *     node bench/canary-detection.ts [--rates 20,60,200] [--rows 200000]
 *
 * A rate may be given several times: which callers a share of 5 % gets is chance.
 *
 * Fails where it is not caught by its predictions, or where a request failed.
 */
import { parseArgs } from "node:util";
import { type Detection, detectInCanary, trainInUtc } from "../tests/support/canary-detection.ts";
import { createFlights, releaseToProduction, trainVersion } from "../tests/support/flights.ts";
import { startPlatform } from "../tests/support/platform.ts";

const { values } = parseArgs({
  options: { rates: { type: "string", default: "20,60,200" }, rows: { type: "string", default: "200000" } },
});
const widths = [10, 11, 9, 10, 18, 8];
const say = (text: string) => void process.stdout.write(`${text}\n`);

const platform = await startPlatform();
try {
  const sampleRows = Number(values.rows);
  const folder = await createFlights(platform, sampleRows);
  await trainVersion(platform, folder, 40);
  await releaseToProduction(platform, 1);
  const version = await trainInUtc(platform, folder, 200);
  say("requests/s  caught at  seconds  requests  to the candidate  failed  mean prediction, candidate and stable");
  for (const perSecond of values.rates.split(",").map(Number)) {
    const detection = await detectInCanary(platform, { version, perSecond, sampleRows });
    tell(detection);
    // it is everybody's by now, and the next canary needs version 1 to compare with
    if (!detection.detected) await platform.json(["rollback", "production", "-m", "it was not caught"], { folder });
  }
} finally {
  await platform.remove();
}

function tell(detection: Detection): void {
  const { perSecond, detected, weight, seconds, failures, means } = detection;
  const mean = (value: number | null) => value?.toFixed(3) ?? "none";
  const cells = [
    perSecond,
    detected ? `${weight} %` : "never",
    seconds.toFixed(1),
    detection.requests,
    detection.ofCandidate,
    failures.length,
  ];
  const row = cells.map((cell, column) => String(cell).padStart(widths[column] ?? 0)).join("");
  say(`${row}  ${mean(means.candidate)} and ${mean(means.stable)}`);
  say(`  ${detection.end}`);
  for (const failure of failures.slice(0, 3)) say(`  failed: ${failure}`);
  if (!detected || failures.length > 0) process.exitCode = 1;
}
