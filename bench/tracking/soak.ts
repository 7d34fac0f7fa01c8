/**
 * Pave's tracking server under a steady load of mixed writes and reads:
 *
 *     npm run bench -- tracking-soak [--minutes 15] [--callers 16] [--rate N] [--kill] [--every 20] [--seed 1]
 *
 * The load is half of what is measured first, or the rate. Memory must stay flat, nothing may fail, and every point that was
 * acknowledged must be there at the end. With `--kill`, server and database are killed in turn every so many seconds, and
 * callers try again as MLflow's client does.
 */
import { parseArgs } from "node:util";
import { describeMachine } from "../harness/machine.ts";
import { startPave } from "./servers/pave.ts";
import { soakTracking } from "./soak/soak-tracking.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "15" },
    callers: { type: "string", default: "16" },
    rate: { type: "string" },
    kill: { type: "boolean", default: false },
    every: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
  },
});

const machine = describeMachine();
const server = await startPave();
const began = performance.now();
const say = (text: string) =>
  void process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}\n`);
try {
  const outcome = await soakTracking(server, {
    seconds: Number(values.minutes) * 60,
    callers: Number(values.callers),
    ...(values.rate === undefined ? {} : { perSecond: Number(values.rate) }),
    ...(values.kill ? { kills: { seed: Number(values.seed), everySeconds: Number(values.every) } } : {}),
    say,
  });
  const { requests, points, lost, retries, kills, memory, perSecond } = outcome;
  const again = [...retries.values()].reduce((sum, count) => sum + count, 0);
  print("", machine);
  print("rate", `${perSecond.toFixed(0)} requests/s for ${values.minutes} minutes, ${requests} requests`);
  print(
    "kills",
    `${kills.server} of the server, ${kills.postgres} of PostgreSQL; ${again} requests made again`,
    values.kill ? undefined : again === 0,
  );
  for (const [why, count] of retries) print("", `${String(count).padStart(6)}  ${why}`);
  print("points", `${points} acknowledged, ${lost} lost`, lost === 0);
  if (memory) {
    const change = memory.lastBytes / memory.firstBytes - 1;
    const [first, last, peak] = [memory.firstBytes, memory.lastBytes, memory.peakBytes].map(megabytes);
    print(
      "memory",
      `${first} in the first third, ${last} in the last (${(change * 100).toFixed(1)} %), peak ${peak}`,
      change <= 0.1,
    );
  }
} finally {
  await server.stop();
}

function print(name: string, text: string, isGood?: boolean): void {
  const mark = isGood === undefined ? "" : isGood ? "  good" : "  BAD";
  process.stdout.write(`${name.padEnd(8)}${text}${mark}\n`);
  if (isGood === false) process.exitCode = 1;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
