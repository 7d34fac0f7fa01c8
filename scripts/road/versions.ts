import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  counted,
  isRolloutOpen,
  type ModelVersion,
  type Plan,
  type RolloutDetail,
  type RolloutSummary,
  type Run,
} from "@pave/contract";
import { callOn } from "./flights.ts";
import { CommandFailed, pave } from "./pave.ts";
import { folder, liveVersion, passed, planForProduction, showDeployment, showVersion, stateOf } from "./sample.ts";

const sqlFile = join(folder, "sql", "features.sql");

/** The mistake: the times of the file, which are those of each place, are taken for Pacific time and moved to UTC. Callers know the hour of the place. */
export const inUtc = (sql: string) =>
  sql
    .replace("  hour(date)::INTEGER AS hour,", "  hour(date + INTERVAL 8 HOUR)::INTEGER AS hour,")
    .replace("  isodow(date)::INTEGER AS weekday,", "  isodow(date + INTERVAL 8 HOUR)::INTEGER AS weekday,");
const inLocalTime = (sql: string) => sql.replaceAll("(date + INTERVAL 8 HOUR)", "(date)");

export async function runPipeline(message: string): Promise<string> {
  const run = await pave<Run>(["run", "-m", message], { folder });
  const cached = run.steps.cached > 0 ? `, ${run.steps.cached} of ${counted(run.steps.total, "step")} cached` : "";
  return `run ${run.number}: test AUC ${run.metrics.roc_auc?.toFixed(4) ?? "?"}${cached}`;
}

/** Version 2 learns longer, on hours in UTC, and is tested on the like: nothing offline can tell. */
export async function trainSecond(): Promise<string> {
  if (await isThere("2")) return "is there";
  await edit(join(folder, "pave.yaml"), (spec) => spec.replace(/maxIterations: 40\b/, "maxIterations: 200"));
  await edit(sqlFile, inUtc);
  const said = await runPipeline("more iterations, times in UTC");
  return `${said}, ${difference(await gainOver("2"))} version 1's`;
}

/** Version 3 learns as long, on the hours that callers know. */
export async function trainThird(): Promise<string> {
  if (await isThere("3")) return "is there";
  await edit(sqlFile, inLocalTime);
  const said = await runPipeline("more iterations, local hours");
  const gain = await gainOver("3");
  if (!(gain > 0)) throw new CommandFailed(`version 3 is not better than version 1: test AUC ${difference(gain)} it`);
  return `${said}, ${difference(gain)} version 1's`;
}

/** Takes version 2 to production with every gate passed and an approval, and says how it came back by itself. */
export async function secondIsCaught(token: string, say: (text: string) => void): Promise<string> {
  const before = await secondRollout();
  if (before?.state === "aborted") return `was caught: ${before.message}`;
  const plan = before?.plan
    ? await pave<Plan>(["plans", "show", String(before.plan)], { folder })
    : await planForProduction();
  if (!before && plan.state !== "open") throw new CommandFailed(`expected an approval to be missing: ${stateOf(plan)}`);
  say("a canary, while callers go on");
  const callers = await callOn(token, 600);
  if (before) await ended();
  else
    await pave<Plan>(["plans", "approve", String(plan.number), "-m", "better on every test"], { folder }).catch(
      (error: unknown) => {
        // the plan fails, as it should: the rollout says why
        if (!(error instanceof CommandFailed)) throw error;
      },
    );
  const { requests, failed } = await callers.stop();
  const rollout = await secondRollout();
  if (rollout?.state !== "aborted" || (await liveVersion("production")) !== 1)
    throw new CommandFailed("version 2 was expected to be rolled back by itself, and was not");
  if (failed > 0) throw new CommandFailed(`${failed} of ${requests} requests failed while version 2 came and went`);
  const analysis = rollout.steps.find(({ state }) => state === "aborted")?.analysis;
  const seconds = (Date.parse(rollout.finishedAt ?? "") - Date.parse(rollout.startedAt)) / 1000;
  const mean = (value: number | null | undefined) => value?.toFixed(2) ?? "?";
  return `${counted(passed(plan), "gate")} passed; at ${rollout.steps.find(({ state }) => state === "aborted")?.weight} % its mean prediction was ${mean(analysis?.candidate.predictionMean)} against ${mean(analysis?.stable.predictionMean)}: rolled back after ${seconds.toFixed(0)} s, none of ${requests.toLocaleString("en")} requests failed`;
}

/** The rollout of version 2 that went back by itself, or that an interrupted start has left on its way. */
async function secondRollout(): Promise<RolloutDetail | undefined> {
  const { items } = await pave<{ items: RolloutSummary[] }>(["rollouts", "list", "production"], { folder });
  for (const { number } of items.filter(({ state }) => state === "aborted" || isRolloutOpen(state))) {
    const rollout = await pave<RolloutDetail>(["rollouts", "show", "production", String(number)], { folder });
    if (rollout.modelVersion === "2") return rollout;
  }
  return undefined;
}

async function ended(): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (isRolloutOpen((await secondRollout())?.state ?? "aborted") && performance.now() < deadline) await delay(500);
}

/** Test AUC beyond that of version 1. */
async function gainOver(version: string): Promise<number> {
  const [first, other] = [await showVersion("1"), await showVersion(version)];
  return (other.metrics.roc_auc ?? 0) - (first.metrics.roc_auc ?? 0);
}

const difference = (gain: number) => `${Math.abs(gain).toFixed(4)} ${gain < 0 ? "below" : "above"}`;

const isThere = (version: string): Promise<ModelVersion | undefined> => showVersion(version).catch(() => undefined);

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(path, "utf8");
  const changed = change(text);
  if (changed !== text) await writeFile(path, changed);
}

/** The plan that takes version 3 to production: it passes its gates and waits for an approval. */
export async function planThird(): Promise<Plan> {
  if ((await liveVersion("production")) >= 3) {
    const { active } = await showDeployment("production");
    return pave<Plan>(["plans", "show", String(active?.plan.number)], { folder });
  }
  const plan = await planForProduction();
  if (plan.state !== "open") throw new CommandFailed(`expected it to wait for an approval: ${stateOf(plan)}`);
  return plan;
}
