import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Plan, Run } from "@pave/contract";
import { laterFlights, rowsOf, sendTraffic } from "../../scripts/road/traffic.ts";
import { eventually } from "../support/eventually.ts";
import { createFlights, editSpec, flightsSample, project, releaseToProduction } from "../support/flights.ts";
import type { TestPlatform } from "../support/platform.ts";

const rows = 200_000;

/** What the pictures are of, in the order in which it happens; each part does one thing and can be waited for. */
export interface Story {
  /** A project, version 1 of its model, and where it is live. */
  begin(): Promise<void>;
  /** Callers of the endpoint, until the signal; the numbers differ so that the charts have a shape. */
  call(signal: AbortSignal): Promise<void>;
  /** A run that fails: its target is no column. Gives its number. */
  fail(): Promise<number>;
  /** A run that takes a while; gives its number once its training says something. */
  startSecond(): Promise<number>;
  /** Waits for that run, and takes its version as far as production asks for an approval. */
  propose(run: number): Promise<Plan>;
}

export function sampleStory(platform: TestPlatform): Story {
  const { json, client } = platform;
  let folder = "";
  const getRun = (run: number) => client.getRun({ params: { project, run } });
  const startRun = async (note: string) => (await json<Run>(["run", "--no-wait", "-m", note], { folder })).number;
  return {
    async begin() {
      folder = await createFlights(platform, rows);
      await editSpec(folder, /maxIterations: 20\b/, "maxIterations: 40");
      await json(["run", "-m", "first run"], { folder });
      await releaseToProduction(platform, 1);
    },

    async call(signal) {
      const { token } = await client.createToken({ body: { name: "sample traffic", project } });
      const params = { project, environment: "production", deployment: "late" };
      const { url } = await client.getDeployment({ params });
      const sql = await readFile(join(folder, "sql", "features.sql"), "utf8");
      const flights = rowsOf(await laterFlights((await flightsSample(rows)).later, sql, 1800));
      for (let part = 0; !signal.aborted; part += 1) {
        const from = (part * 37) % 1700;
        const many = Math.round(14 + 16 * Math.abs(Math.sin(part / 9)) + 5 * Math.sin(part * 1.7));
        await sendTraffic({ url, token, rows: flights.slice(from, from + many), concurrency: 4 });
        await delay(1500, undefined, { signal }).catch(() => undefined);
      }
    },

    async fail() {
      await editSpec(folder, /(\n {8}with:\n {10}target: )"?late"?/, "$1arrived_late");
      const run = await startRun("predict arrived_late");
      const ended = await eventually(`run ${run}`, () => getRun(run), isOver, 60_000);
      await editSpec(folder, "target: arrived_late", "target: late");
      if (ended.state !== "failed") throw new Error(`run ${run} is ${ended.state}, expected it to fail`);
      return run;
    },

    async startSecond() {
      await editSpec(folder, /maxIterations: 40\b/, "maxIterations: 200");
      const number = await startRun("more iterations");
      const params = { project, run: number, step: "train" };
      const readLog = () => client.getLogs({ params, query: {} });
      await eventually(`a log of run ${number}`, readLog, ({ chunks }) => chunks.length > 0, 60_000);
      return number;
    },

    async propose(number) {
      const run = await eventually(`run ${number}`, () => getRun(number), isOver, 90_000);
      if (run.state !== "succeeded") throw new Error(`run ${number} is ${run.state}: ${run.message}`);
      await json(["deploy", "--to", "staging"], { folder });
      return json<Plan>(["promote", "staging", "production"], { folder });
    },
  };
}

const isOver = ({ state }: Run): boolean => ["succeeded", "failed", "cancelled"].includes(state);
