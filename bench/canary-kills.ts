/**
 * Kills api, worker, gateway and database in turn, each in a canary of its own at a random moment, and looks whether the
 * weights are right afterwards:
 *
 *     node bench/canary-kills.ts [--kills 50] [--seed 1]
 */
import { parseArgs } from "node:util";
import { killInCanaries } from "../tests/support/canary-kills.ts";
import { startPartsPlatform } from "../tests/support/parts-platform.ts";

const { values } = parseArgs({
  options: { kills: { type: "string", default: "50" }, seed: { type: "string", default: "1" } },
});

const platform = await startPartsPlatform();
const began = performance.now();
try {
  const canaries = await killInCanaries(platform, {
    seed: Number(values.seed),
    kills: Number(values.kills),
    onKilled: ({ kill, victim, at, aborted, end, wrong }) =>
      process.stdout.write(
        `${String(kill).padStart(3)}  ${victim.padEnd(8)}  at ${at.padEnd(10)}  ${aborted ? "abort acknowledged  " : ""}${end}${wrong.length > 0 ? `  WRONG: ${wrong.join("; ")}` : ""}\n`,
      ),
  });
  const wrong = canaries.filter((canary) => canary.wrong.length > 0).length;
  const ends = Object.groupBy(canaries, ({ end }) => end);
  const said = Object.entries(ends).map(([end, those]) => `${those?.length ?? 0} ${end}`);
  process.stdout.write(
    `\n${canaries.length} kills in ${((performance.now() - began) / 1000).toFixed(0)} s: ${said.join(", ")}; weights wrong after ${wrong}\n`,
  );
  if (wrong > 0) process.exitCode = 1;
} finally {
  await platform.remove();
}
