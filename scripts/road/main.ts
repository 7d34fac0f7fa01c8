import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { counted, type Plan, type Project, type PythonEnvironment } from "@pave/contract";
import { prepareFlights } from "../../examples/flight-delays/prepare.ts";
import { approveAsSomebodyElse } from "./approve.ts";
import { callAsPrinted } from "./call-as-printed.ts";
import { callOn } from "./flights.ts";
import { CommandFailed, pave, root } from "./pave.ts";
import {
  deployToStaging,
  folder,
  liveVersion,
  passed,
  sample,
  showDeployment,
  showVersion,
  stateOf,
} from "./sample.ts";
import { Stages } from "./stage.ts";
import { printSummary } from "./summary.ts";
import type { TrafficResult } from "./traffic.ts";
import { sendJune, sendLabels } from "./truth.ts";
import { planThird, runPipeline, secondIsCaught, trainSecond, trainThird } from "./versions.ts";

/**
 * `npm start`: takes the sample project from nothing to a served model, each stage by the command that a person would
 * type. Every stage looks at what is there and does what is missing, so a second start is quick and a start that was
 * interrupted goes on.
 */
const { values } = parseArgs({ options: { exit: { type: "boolean", default: false } }, allowPositionals: true });

const sampleRows = 200_000;
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
    process.stderr.write(
      `${error instanceof CommandFailed ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = 1;
    await stop();
  }
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
  await stages.run("Start the platform", "pave up --detach", () => startPlatform(road));
  await stages.run("Draw the data", "", drawData);
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
    return waiting.state === "applied"
      ? `plan ${waiting.number} was approved and applied`
      : `plan ${waiting.number} passes its gates and waits for an approval`;
  });
  if (values.exit && waiting && waiting.state !== "applied") {
    const plan = waiting;
    await stages.run("Approve as somebody else", `pave plans approve ${plan.number}`, async (say) => {
      say("a canary, while callers go on");
      const callers = await callOn(token, 600);
      const said = await approveAsSomebodyElse(plan, road.url).finally(() => callers.stop());
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
    versions: [await showVersion("1"), await showVersion("2"), await showVersion("3")],
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

async function startPlatform(road: Road): Promise<string> {
  const up = await pave<{ url: string; gatewayUrl: string; signInUrl?: string; seconds?: number }>(["up", "--detach"]);
  startedHere = up.signInUrl !== undefined;
  road.url = up.url;
  road.gatewayUrl = up.gatewayUrl;
  road.signInUrl = up.signInUrl ?? (await pave<{ url: string }>(["open", "--print"])).url;
  return startedHere ? `healthy after ${(up.seconds ?? 0).toFixed(1)} s at ${up.url}` : `runs already at ${up.url}`;
}

async function drawData(): Promise<string> {
  const target = join(sample, "data");
  const done = join(target, "drawn.json");
  const wanted = JSON.stringify({ rows: sampleRows, later: 20_000, seed: 7 });
  if ((await readFile(done, "utf8").catch(() => "")) === wanted) return "drawn before";
  const { flights, later } = await prepareFlights({
    parquet: join(root, "node_modules", "vega-datasets", "data", "flights-3m.parquet"),
    outFolder: target,
    rows: sampleRows,
    seed: 7,
  });
  await writeFile(done, wanted);
  return `${flights.rows.toLocaleString("en")} of 3,000,000 US flights, January to May 2001; ${later.rows.toLocaleString("en")} of June for traffic`;
}

/** The team that the sample says it belongs to. */
async function createTeam(): Promise<string> {
  const { items } = await pave<{ items: { name: string }[] }>(["teams", "list"]);
  if (items.some(({ name }) => name === "team-ops")) return "is there";
  await pave(["teams", "create", "team-ops"]);
  return "team-ops owns the project";
}

async function createProject(): Promise<string> {
  const known = await pave<Project>(["status", "--project", "flight-delays"]).catch(() => undefined);
  if (known && existsSync(join(folder, "pave.yaml"))) return `is there: ${folder}`;
  const example = join(root, "examples", "flight-delays");
  const created = await pave<{ warnings: string[] }>(
    [
      "new",
      "flight-delays",
      "--data",
      join(sample, "data", "flights.parquet"),
      "--sql",
      join(example, "features.sql"),
      "--answers",
      join(example, "answers.yaml"),
      "--target",
      "late",
      "--yes",
    ],
    { folder: sample },
  );
  return `${folder}${created.warnings.length > 0 ? `; ${counted(created.warnings.length, "warning")} about the data` : ""}`;
}

async function makeEnvironment(): Promise<string> {
  const environment = await pave<PythonEnvironment>(["sync"], { folder });
  return `${counted(environment.packages.length, "package")} by ${environment.tool}, ${environment.digest?.slice(7, 19)}`;
}

async function trainFirst(): Promise<string> {
  return (await showVersion("1").catch(() => undefined)) ? "version 1 is there" : runPipeline("first run");
}

async function checkVersion(version: string): Promise<string> {
  const model = await showVersion(version);
  if (model.status !== "READY") throw new CommandFailed(`flight-delays version ${version} is ${model.status}`);
  return `version ${version}, scored ${counted(model.check?.rows ?? 0, "reference row")}, ${model.bytes.toLocaleString("en")} bytes, from run ${model.run?.number ?? "?"}`;
}

async function checkProvisioned(): Promise<string> {
  const project = await pave<Project>(["status"], { folder });
  const { items } = await pave<{ items: { type: string; environment: string }[] }>(["resources", "list"], { folder });
  if (items.length === 0) throw new CommandFailed("the first plan provisioned nothing");
  return `${counted(items.length, "resource")}: ${[...new Set(items.map((item) => item.type))].join(", ")}; ${counted(project.road.filter((stage) => stage.state === "done").length, "stage")} done`;
}

async function promoteFirst(): Promise<string> {
  if ((await liveVersion("production")) >= 1) return "version 1 was there";
  let plan = await pave<Plan>(["promote", "staging", "production"], { folder });
  const gates = passed(plan);
  if (plan.state === "open")
    plan = await pave<Plan>(["plans", "approve", String(plan.number), "-m", "first release of the sample"], { folder });
  if (plan.state !== "applied") throw new CommandFailed(stateOf(plan));
  return `plan ${plan.number}: ${counted(gates, "gate")} passed, approved, applied`;
}

/** A token that may call endpoints of this project and nothing else. */
async function endpointToken(): Promise<string> {
  const { token } = await pave<{ token: string }>([
    "tokens",
    "create",
    "sample traffic",
    "--project",
    "flight-delays",
    "--scope",
    "deployment.predict",
    "--days",
    "7",
  ]);
  return token;
}

function describeTraffic(traffic: TrafficResult): string {
  return `${traffic.requests.toLocaleString("en")} flights of June, none failed, mean prediction ${traffic.meanPrediction.toFixed(3)}, p50 ${traffic.p50Ms.toFixed(1)} ms, p99 ${traffic.p99Ms.toFixed(1)} ms`;
}
