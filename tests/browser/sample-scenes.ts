import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Plan, Run } from "@pave/contract";
import { rowsOf, sendTraffic } from "../../scripts/road/traffic.ts";
import { eventually } from "../support/eventually.ts";
import { editSpec, project } from "../support/flights.ts";
import type { TestPlatform } from "../support/platform.ts";
import type { Story } from "../support/story.ts";

/*
 * What pictures are of, beside what the story has anyway.
 */

/** Callers of production, until the signal; the numbers differ so that the charts have a shape. */
export async function callInWaves(story: Story, token: string, signal: AbortSignal): Promise<void> {
  const { url } = await story.showDeployment("production");
  const flights = rowsOf(await story.flightsOfJune(6000));
  for (let [part, from] = [0, 0]; !signal.aborted; part += 1) {
    const many = Math.round(14 + 16 * Math.abs(Math.sin(part / 9)) + 5 * Math.sin(part * 1.7));
    await sendTraffic({ url, token, rows: flights.slice(from, from + many), concurrency: 4 });
    from = (from + many) % (flights.length - 40);
    await delay(1500, undefined, { signal }).catch(() => undefined);
  }
}

/** A run that fails: its target is no column. Gives its number. */
export async function failRun({ json, client }: TestPlatform, folder: string): Promise<number> {
  await editSpec(folder, /(\n {8}with:\n {10}target: )"?late"?/, "$1arrived_late");
  const { number } = await json<Run>(["run", "--no-wait", "-m", "predict arrived_late"], { folder });
  const ended = await eventually(
    `run ${number}`,
    () => client.getRun({ params: { project, run: number } }),
    ({ state }) => !["queued", "running"].includes(state),
  );
  await editSpec(folder, "target: arrived_late", "target: late");
  if (ended.state !== "failed") throw new Error(`run ${number} is ${ended.state}, expected it to fail`);
  return number;
}

/** The number of the run that is on, once its training says something. */
export async function trainingRun({ client }: TestPlatform): Promise<number> {
  const running = async () => (await client.listRuns({ params: { project }, query: { state: "running" } })).items;
  const [run] = await eventually("a run", running, ([first]) => first !== undefined);
  const params = { project, run: run?.number ?? 0, step: "train" };
  await eventually(
    `a log of run ${params.run}`,
    () => client.getLogs({ params, query: {} }),
    ({ chunks }) => chunks.length > 0,
  );
  return params.run;
}

/** A change of production that waits: two people have to approve from then on. Gives the number of the platform's plan. */
export async function planEnvironment({ json, client, folder }: TestPlatform): Promise<number> {
  const { source } = await client.getEnvironment({ params: { environment: "production" } });
  const file = join(folder, "production.yaml");
  await writeFile(file, source.replace("quorum: 1", "quorum: 2"));
  return (await json<Plan>(["environments", "apply", file, "--yes"])).number;
}
