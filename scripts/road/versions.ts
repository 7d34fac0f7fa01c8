import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { counted, isRolloutOpen, type ModelVersion, type Plan, type RolloutDetail, type Run } from "@pave/contract";
import { connect } from "../../packages/cli/src/connection.ts";
import { callOn } from "./flights.ts";
import { lookUntil } from "./look-until.ts";
import { CommandFailed, pave } from "./pave.ts";
import {
  endpoint,
  folder,
  liveVersion,
  passed,
  planForProduction,
  project,
  seePlanThrough,
  showDeployment,
  showPlan,
  showVersion,
  stateOf,
} from "./sample.ts";

const sqlFile = join(folder, "sql", "features.sql");

/** The mistake: the times of the file, which are those of each place, are taken for Pacific time and moved to UTC. Callers know the hour of the place. */
export const inUtc = (sql: string) =>
  sql
    .replace("  hour(date)::INTEGER AS hour,", "  hour(date + INTERVAL 8 HOUR)::INTEGER AS hour,")
    .replace("  isodow(date)::INTEGER AS weekday,", "  isodow(date + INTERVAL 8 HOUR)::INTEGER AS weekday,");
const inLocalTime = (sql: string) => sql.replaceAll("(date + INTERVAL 8 HOUR)", "(date)");

async function makeVersion(version: string, message: string): Promise<string> {
  const left = await leftRun();
  const run = left && makes(left, version) ? left : await pave<Run>(["run", "-m", message], { folder });
  const cached = run.steps.cached > 0 ? `, ${run.steps.cached} of ${counted(run.steps.total, "step")} cached` : "";
  return `run ${run.number}: test AUC ${run.metrics.roc_auc?.toFixed(4) ?? "?"}${cached}`;
}

const makes = ({ models }: Run, version: string): boolean => models.some((made) => made.version === version);

/** The run that an interrupted start has left on its way, once it is over. */
async function leftRun(): Promise<Run | undefined> {
  const client = await connect();
  const { items } = await client.listRuns({ params: { project }, query: {} });
  const open = items.find(({ kind, state }) => kind === "pipeline" && isRunning(state));
  if (!open) return undefined;
  const look = () => client.getRun({ params: { project, run: open.number } });
  const run = await lookUntil(look, ({ state }) => !isRunning(state), 600_000);
  if (isRunning(run.state)) throw new CommandFailed(`run ${run.number} is ${run.state} after ten minutes`);
  return run;
}

const isRunning = (state: Run["state"]): boolean => state === "queued" || state === "running";

export async function trainFirst(): Promise<string> {
  return (await isThere("1")) ? "version 1 is there" : makeVersion("1", "first run");
}

/** Version 2 learns longer, on hours in UTC, and is tested on the like: nothing offline can tell. */
export async function trainSecond(): Promise<string> {
  if (await isThere("2")) return "is there";
  await edit(join(folder, "pave.yaml"), (spec) => spec.replace(/maxIterations: 40\b/, "maxIterations: 200"));
  await edit(sqlFile, inUtc);
  const said = await makeVersion("2", "more iterations, times in UTC");
  return `${said}, ${difference(await gainOver("2"))} version 1's`;
}

/** Version 3 learns as long, on the hours that callers know. */
export async function trainThird(): Promise<string> {
  if (await isThere("3")) return "is there";
  await edit(sqlFile, inLocalTime);
  const said = await makeVersion("3", "more iterations, local hours");
  const gain = await gainOver("3");
  if (!(gain > 0)) throw new CommandFailed(`version 3 is not better than version 1: test AUC ${difference(gain)} it`);
  return `${said}, ${difference(gain)} version 1's`;
}

/** Takes version 2 to production with every gate passed and an approval, and says how it came back by itself. */
export async function secondIsCaught(token: string, say: (text: string) => void): Promise<string> {
  const before = await rolloutOf("2");
  if (before?.state === "aborted") return `was caught: ${before.message}`;
  const plan = before?.plan ? await showPlan(before.plan) : await planForProduction("2");
  if (!before && plan.state === "blocked") throw new CommandFailed(`expected every gate to pass: ${stateOf(plan)}`);
  say("a canary, while callers go on");
  const callers = await callOn(token, 400);
  // the plan fails, as it should: the rollout says why
  const approve = ["plans", "approve", String(plan.number), "-m", "better on every test"];
  const seen = plan.state === "open" ? pave<Plan>(approve, { folder }).catch(unlessFailed) : seePlanThrough(plan);
  await seen.finally(() => callers.stop());
  const { requests, failed } = await callers.stop();
  const rollout = await rolloutOf("2");
  if (rollout?.state !== "aborted" || (await liveVersion("production")) !== 1)
    throw new CommandFailed("version 2 was expected to be rolled back by itself, and was not");
  if (failed > 0) throw new CommandFailed(`${failed} of ${requests} requests failed while version 2 came and went`);
  const { weight, analysis } = rollout.steps.find(({ state }) => state === "aborted") ?? {};
  const seconds = (Date.parse(rollout.finishedAt ?? "") - Date.parse(rollout.startedAt)) / 1000;
  const mean = (value: number | null | undefined) => value?.toFixed(2) ?? "?";
  return `${counted(passed(plan), "gate")} passed; at ${weight} % its mean prediction was ${mean(analysis?.candidate.predictionMean)} against ${mean(analysis?.stable.predictionMean)}: rolled back after ${seconds.toFixed(0)} s, none of ${requests.toLocaleString("en")} requests failed`;
}

function unlessFailed(error: unknown): void {
  if (!(error instanceof CommandFailed)) throw error;
}

/** The rollout of a version that went back by itself, or that an interrupted start has left on its way. */
async function rolloutOf(version: string): Promise<RolloutDetail | undefined> {
  const client = await connect();
  const { items } = await client.listRollouts({ params: endpoint("production") });
  for (const { number } of items.filter(({ state }) => state === "aborted" || isRolloutOpen(state))) {
    const rollout = await client.getRollout({ params: { ...endpoint("production"), rollout: number } });
    if (rollout.modelVersion === version) return rollout;
  }
  return undefined;
}

/** Test AUC beyond that of version 1. */
async function gainOver(version: string): Promise<number> {
  const [first, other] = await Promise.all([showVersion("1"), showVersion(version)]);
  return (other.metrics.roc_auc ?? 0) - (first.metrics.roc_auc ?? 0);
}

const difference = (gain: number) => `${Math.abs(gain).toFixed(4)} ${gain < 0 ? "below" : "above"}`;

const isThere = (version: string): Promise<ModelVersion | undefined> => showVersion(version).catch(() => undefined);

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(path, "utf8");
  const changed = change(text);
  if (changed !== text) await writeFile(path, changed);
}

/** The plan that takes version 3 to production: it passes its gates and waits for an approval, or has had it. */
export async function planThird(): Promise<Plan> {
  if ((await liveVersion("production")) >= 3) {
    const { active } = await showDeployment("production");
    return showPlan(active?.plan.number ?? 0);
  }
  const plan = await planForProduction("3");
  if (!["open", "ready", "applying", "applied"].includes(plan.state))
    throw new CommandFailed(`expected it to wait for an approval: ${stateOf(plan)}`);
  return plan;
}
