import { join } from "node:path";
import { parseArgs } from "node:util";
import { ApiError, type Plan } from "@pave/contract";
import { approveAsSomebodyElse, dismissReviewers } from "./approve.ts";
import { callAsPrinted } from "./call-as-printed.ts";
import {
  checkProvisioned,
  checkVersion,
  createProject,
  createTeam,
  drawData,
  endpointToken,
  makeEnvironment,
  promoteFirst,
} from "./first-version.ts";
import { callOn } from "./flights.ts";
import { CommandFailed, pave, root } from "./pave.ts";
import { deployToStaging, folder, showDeployment, showVersion } from "./sample.ts";
import { Stages } from "./stage.ts";
import { printSummary } from "./summary.ts";
import type { TrafficResult } from "./traffic.ts";
import { sendJune, sendLabels } from "./truth.ts";
import { planThird, secondIsCaught, trainFirst, trainSecond, trainThird } from "./versions.ts";

/**
 * `npm start`: takes the sample project from nothing to a served model, each stage by the command that a person would
 * type. Every stage looks at what is there and does what is missing, so a second start is quick and a start that was
 * interrupted goes on.
 */
const { values } = parseArgs({ options: { exit: { type: "boolean", default: false } }, allowPositionals: true });

const trafficRows = 6000;

const stages = new Stages();
let interrupted = false;
let stopping: Promise<unknown> | undefined;
let startedHere = false;
process.on("SIGINT", () => {
  if (interrupted) process.exit(130);
  interrupted = true;
  process.stderr.write("\nStopping…\n");
  void stop().then(() => process.exit(130));
});
process.on("SIGTERM", () => void stop().then(() => process.exit(143)));

try {
  await main();
} catch (error) {
  if (!interrupted) {
    process.stderr.write(`${wordsOf(error)}\n`);
    process.exitCode = 1;
    await stop();
  }
}

/** What a command or the API refuses says why; of anything else the place is wanted. */
function wordsOf(error: unknown): string {
  if (error instanceof CommandFailed) return error.message;
  if (error instanceof ApiError) return [error.message, error.body.fix].filter(Boolean).join("\n  ");
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function stop(): Promise<void> {
  if (startedHere) stopping ??= pave(["down"]).catch(() => undefined);
  await stopping;
}

interface Road {
  url: string;
  gatewayUrl: string;
  signInUrl: string;
}

async function main(): Promise<void> {
  const started = performance.now();
  const road: Road = { url: "", gatewayUrl: "", signInUrl: "" };
  const drawn = drawData();
  // whoever waits for it hears of a failure
  drawn.catch(() => undefined);
  await stages.run("Start the platform", "pave up --detach", () => startPlatform(road));
  await stages.run("Draw the data", "", () => drawn);
  await stages.run("Create the team", "pave teams create team-ops", createTeam);
  await stages.run(
    "Create the project",
    "pave new flight-delays --data flights.parquet --sql features.sql --target late",
    createProject,
  );
  await stages.run("Make the environment", "pave sync", makeEnvironment);
  await stages.run("Run the pipeline", "pave run", trainFirst);
  await stages.run("Register version 1", "pave models show flight-delays@1", () => checkVersion("1"));
  await stages.run("Deploy to staging", "pave deploy --to staging", () => deployToStaging("1"));
  await stages.run("Provisioned", "pave status", checkProvisioned);
  await stages.run("Promote to production", "pave promote staging production", promoteFirst);
  const token = await endpointToken();
  let traffic: TrafficResult | undefined;
  await stages.run("Send later traffic", "curl …/production/flight-delays/late/predict", async (say) => {
    traffic = await sendJune(token, trafficRows, say);
    return describeTraffic(traffic);
  });
  let truth = "";
  await stages.run("Tell what came true", "pave ground-truth send labels.csv production", async () => {
    truth = await sendLabels();
    return truth;
  });
  await stages.run("Train version 2", "pave run -m 'more iterations, times in UTC'", trainSecond);
  await stages.run("Version 2 to staging", "pave deploy --to staging", () => deployToStaging("2"));
  let caught = "";
  await stages.run("Version 2 is caught", "pave promote staging production", async (say) => {
    caught = await secondIsCaught(token, say);
    return caught;
  });
  await stages.run("Train version 3", "pave run -m 'more iterations, local hours'", trainThird);
  await stages.run("Version 3 to staging", "pave deploy --to staging", () => deployToStaging("3"));
  let waiting: Plan | undefined;
  await stages.run("Plan version 3", "pave promote staging production", async () => {
    waiting = await planThird();
    if (waiting.state === "open" || waiting.state === "applied") await dismissReviewers();
    return `plan ${waiting.number} ${wayOf(waiting)}`;
  });
  if (values.exit && waiting && waiting.state !== "applied") {
    const plan = waiting;
    await stages.run("Approve as somebody else", `pave plans approve ${plan.number}`, async (say) => {
      say("a canary, while callers go on");
      const callers = await callOn(token, 400);
      const said = await approveAsSomebodyElse(plan).finally(() => callers.stop());
      const { requests, failed } = await callers.stop();
      if (failed > 0) throw new CommandFailed(`${failed} of ${requests} requests failed while traffic moved`);
      return `${said}; ${requests.toLocaleString("en")} requests meanwhile, none failed`;
    });
  }
  const live = await showDeployment("production");
  const curl = live.curl.replace("$PAVE_TOKEN", token);
  await stages.run("Call it by hand", "curl …/production/flight-delays/late/predict", async () => callAsPrinted(curl));
  printSummary({
    road,
    folder,
    pave: join(root, "bin", "pave"),
    stages: stages.results,
    live,
    versions: await Promise.all(["1", "2", "3"].map(showVersion)),
    truth,
    caught,
    plan: waiting,
    traffic,
    curl,
    seconds: (performance.now() - started) / 1000,
    stays: !values.exit,
  });
  if (values.exit) return stop();
  if (!startedHere) return;
  // so that a version which is approved now has callers at each step of its canary
  const callers = await callOn(token, 60);
  process.stderr.write("The platform runs until Ctrl-C, and flights of June go on asking it.\n");
  await callers.ended;
}

function wayOf({ state }: Plan): string {
  if (state === "applied") return "was approved and applied";
  return state === "open" ? "passes its gates and waits for an approval" : "was approved and is on its way";
}

async function startPlatform(road: Road): Promise<string> {
  const up = await pave<{ url: string; gatewayUrl: string; signInUrl?: string; seconds?: number }>(["up", "--detach"]);
  startedHere = up.signInUrl !== undefined;
  road.url = up.url;
  road.gatewayUrl = up.gatewayUrl;
  road.signInUrl = up.signInUrl ?? (await pave<{ url: string }>(["open", "--print"])).url;
  return startedHere ? `healthy after ${(up.seconds ?? 0).toFixed(1)} s at ${up.url}` : `runs already at ${up.url}`;
}

function describeTraffic(traffic: TrafficResult): string {
  return `${traffic.requests.toLocaleString("en")} flights of June, none failed, mean prediction ${traffic.meanPrediction.toFixed(3)}, p50 ${traffic.p50Ms.toFixed(1)} ms, p99 ${traffic.p99Ms.toFixed(1)} ms`;
}
