/**
 * What a step costs beside its own work, from the claim to the answer, under each isolation that this machine has:
 *
 *     node bench/step-start.ts [--runs 15] [--isolations auto,none]
 *
 * The step is one that does nothing. Its processes are real, the API is the one of the runner's tests.
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { commandWork } from "../packages/server/src/runner/testing/command-work.ts";
import { startFakeApi } from "../packages/server/src/runner/testing/fake-api.ts";
import { newDataFolder, removeRunnerFolder, startRunner } from "../packages/server/src/runner/testing/test-runner.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "15" }, isolations: { type: "string", default: "auto,none" } },
});

type Wanted = NonNullable<NonNullable<Parameters<typeof startRunner>[2]>["isolation"]>;

for (const isolation of values.isolations.split(",") as Wanted[]) {
  const api = await startFakeApi();
  const runner = await startRunner(api, await newDataFolder(), { isolation, capacity: 1 });
  const step = async (): Promise<number> => {
    const workId = api.add(commandWork({ command: ["/bin/true"] }));
    const end = await api.finished(workId);
    if (end.outcome !== "succeeded") throw new Error(end.message ?? end.outcome);
    const { claimedAt, finishedAt } = api.row(workId);
    return finishedAt - claimedAt;
  };
  try {
    await step();
    const times: number[] = [];
    for (let run = 0; run < Number(values.runs); run += 1) times.push(await step());
    times.sort((a, b) => a - b);
    const at = (share: number) => `${(times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(0)} ms`;
    const said = [...new Set(api.claims.map((claim) => claim.isolation))].join(", ");
    const load = (loadavg()[0] ?? 0).toFixed(1);
    console.log(`${isolation} (${said}): fastest ${at(0)}, median ${at(0.5)}, slowest ${at(1)}, load ${load}`);
  } finally {
    await runner.stop();
    await removeRunnerFolder(runner.dataFolder);
    await api.close();
  }
}
