/**
 * Kills processes of a platform at random moments while people start runs, release and push, for longer than the test
 * does, and looks for anything that was lost or got stuck:
 *
 *     node bench/soak-kills.ts [--rounds 3] [--seed 1]
 *
 * A round kills each process five times in a random order.
 */
import { parseArgs } from "node:util";
import { createFixtureProject } from "../tests/support/fixture-project.ts";
import { createFlights, project, releaseToProduction, trainVersion } from "../tests/support/flights.ts";
import { moveTrafficAtOnce } from "../tests/support/move-traffic-at-once.ts";
import { startPlatform } from "../tests/support/platform.ts";
import { killOrder, soak, ticks } from "../tests/support/soak.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, seed: { type: "string", default: "1" } },
});

const platform = await startPlatform({ ownDatabase: true });
const rows: string[][] = [
  ["round", "seed", "seconds", "runs", "failed", "plans", "applied", "writes", "lost", "calls again"],
];
try {
  await moveTrafficAtOnce(platform);
  const folder = await createFlights(platform, 12_000);
  for (const iterations of [20, 21]) await trainVersion(platform, folder, iterations);
  await platform.json(["push"], { folder: await createFixtureProject(platform, ticks) });
  await releaseToProduction(platform, 2);
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const seed = Number(values.seed) + round;
    const began = performance.now();
    const { acknowledged } = await soak(platform, { seed, order: killOrder(seed, 5), versions: [1, 2] });
    const found = await lookFor(acknowledged);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    const { runs, plans, revisions, approvals, repeated } = acknowledged;
    const writes = runs.length + plans.length + revisions.length + approvals.length;
    rows.push(
      [
        round + 1,
        seed,
        seconds,
        runs.length,
        found.failed,
        plans.length,
        found.applied,
        writes,
        found.lost,
        repeated,
      ].map(String),
    );
    process.stdout.write(`${rows.at(-1)?.join("  ")}\n`);
    if (found.failed + found.lost > 0) process.exitCode = 1;
  }
} finally {
  await platform.remove();
}
const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
process.stdout.write(
  `\n${rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  ")).join("\n")}\n`,
);

/** Reads back what was acknowledged: what is not there, and runs and plans that came to no good end. */
async function lookFor({ runs, plans, revisions, approvals }: Awaited<ReturnType<typeof soak>>["acknowledged"]) {
  const { client } = platform;
  const found = { failed: 0, applied: 0, lost: 0 };
  for (const { id, number } of runs) {
    const run = await client.getRun({ params: { project: ticks, run: number } }).catch(() => undefined);
    if (run?.id !== id) found.lost += 1;
    else if (run.state !== "succeeded" || run.metrics.lines !== 4) found.failed += 1;
  }
  for (const { id, number } of plans) {
    const plan = await client.getPlan({ params: { project, plan: number } }).catch(() => undefined);
    const given = approvals.filter((approval) => approval.plan === number).map(({ comment }) => comment);
    if (plan?.id !== id) found.lost += 1;
    else if (plan.state === "applied") found.applied += 1;
    found.lost += given.filter((comment) => !plan?.approvalList.some((one) => one.comment === comment)).length;
  }
  for (const { id, digest } of revisions) {
    const revision = await client.getRevision({ params: { project: ticks, revision: id } }).catch(() => undefined);
    if (revision?.digest !== digest) found.lost += 1;
  }
  return found;
}
