import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { counted, type GroundTruthAnswer, type Truth } from "@pave/contract";
import { connect } from "../../packages/cli/src/connection.ts";
import { flightsOfJune } from "./flights.ts";
import { lookUntil } from "./look-until.ts";
import { CommandFailed, pave } from "./pave.ts";
import { endpoint, folder, sample, showDeployment } from "./sample.ts";
import { rowsOf, sendTraffic, type TrafficResult } from "./traffic.ts";

const labelsFile = join(sample, "data", "labels.csv");

/** Asks production about flights of all June, and keeps what came true of each answer for later. */
export async function sendJune(token: string, count: number, say: (text: string) => void): Promise<TrafficResult> {
  const flights = await flightsOfJune(count);
  const { url } = await showDeployment("production");
  const ids: string[] = [];
  const onAnswer = (index: number, id: string) => {
    ids[index] = id;
  };
  const result = await sendTraffic({ url, token, rows: rowsOf(flights), concurrency: 8, say, onAnswer });
  if (result.failed > 0) throw new CommandFailed(`${result.failed} of ${result.requests} requests failed`);
  if (!existsSync(labelsFile)) {
    const lines = flights.map(({ late, departedAt }, index) => `${ids[index]},${late},${departedAt}`);
    await writeFile(labelsFile, ["predictionId,value,at", ...lines, ""].join("\n"));
  }
  return result;
}

/** Sends what came true, and looks at the week in which the model was most off. Sent twice, it counts once. */
export async function sendLabels(): Promise<string> {
  // a label that comes in the moment in which its prediction is logged may wait for it a minute
  const lines = (await readFile(labelsFile, "utf8")).trimEnd().split("\n").length - 1;
  await truthWhere(({ logged }) => logged >= lines, 5000);
  const answer = await pave<GroundTruthAnswer>(["ground-truth", "send", labelsFile, "production"], { folder });
  const known = answer.accepted + answer.pending + answer.duplicate;
  if (known !== answer.received)
    throw new CommandFailed(`${counted(answer.received, "label")} sent, of which only ${known} were taken`);
  const { windows } = await truthWhere(({ pending }) => pending === 0, 70_000);
  const off = windows.toSorted((a, b) => (b.gap?.low ?? -1) - (a.gap?.low ?? -1))[0];
  if (!off?.actual || !off.predicted || !off.gap) throw new CommandFailed("the labels joined no prediction");
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const week = new Date(off.start).toLocaleDateString("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
  return `${answer.received.toLocaleString("en")} labels; week of ${week}: predicted ${percent(off.predicted.value)} late, actual ${percent(off.actual.value)} (${percent(off.actual.low)} to ${percent(off.actual.high)})`;
}

/** As soon as it is so; as it is when the time is over. */
async function truthWhere(isSo: (truth: Truth) => boolean, withinMs: number): Promise<Truth> {
  const client = await connect();
  const look = () => client.getTruth({ params: endpoint("production"), query: { by: "week" } });
  return lookUntil(look, isSo, withinMs, 100);
}
