/**
 * How fast a platform that has data starts, and what it takes when nothing happens:
 *
 *     node bench/start.ts [--runs 5] [--idle 20]
 *
 * The limits are those of the README: 3 s from `pave up` to a healthy API, 500 MB for all processes together.
 */
import { availableParallelism, loadavg } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { checkoutPave } from "../tests/support/built-pave.ts";
import { createFlights, releaseToProduction, trainVersion } from "../tests/support/flights.ts";
import { memoryOf } from "../tests/support/memory.ts";
import { startPlatform } from "../tests/support/platform.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "5" }, idle: { type: "string", default: "20" } },
});
const limits = { seconds: 3, bytes: 500e6 };

const platform = await startPlatform({ entry: checkoutPave, ownDatabase: true });
try {
  // an empty platform would start and idle too easily: this one has a project and two deployments
  const folder = await createFlights(platform, 12_000);
  await trainVersion(platform, folder, 20);
  await releaseToProduction(platform, 1);

  const starts: { server: number; command: number }[] = [];
  for (let run = 0; run < Number(values.runs); run += 1) {
    await platform.stop();
    const began = performance.now();
    const server = await platform.start();
    starts.push({ server, command: (performance.now() - began) / 1000 });
  }
  const load = (loadavg()[0] ?? 0).toFixed(1);
  await delay(Number(values.idle) * 1000);
  const parts = await memoryOf(platform);

  const rows = starts.map(({ server, command }, index) => [
    `start ${index + 1}`,
    `${server.toFixed(2)} s`,
    `${command.toFixed(2)} s`,
  ]);
  print([["", "healthy API after", "whole command `pave up --detach`"], ...rows]);
  const median = starts.map(({ command }) => command).sort((a, b) => a - b)[Math.floor(starts.length / 2)] ?? 0;
  say(
    `median of the command: ${median.toFixed(2)} s, limit ${limits.seconds} s (${availableParallelism()} processors, load ${load}: figures of a busy machine say little)`,
    median <= limits.seconds,
  );

  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  print([
    ["part", "processes", `PSS after ${values.idle} s idle`],
    ...parts.map(({ part, processes, bytes }) => [part, String(processes), megabytes(bytes)]),
  ]);
  say(`all together: ${megabytes(total)}, limit ${megabytes(limits.bytes)}`, total <= limits.bytes);
} finally {
  await platform.remove();
}

function print(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  process.stdout.write(`\n${rows.map(line).join("\n")}\n`);
}

function say(text: string, isWithin: boolean): void {
  process.stdout.write(`${isWithin ? "within" : "OVER"}  ${text}\n`);
  if (!isWithin) process.exitCode = 1;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
