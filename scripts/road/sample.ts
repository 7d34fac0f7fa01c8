import { join } from "node:path";
import { counted, type DeploymentDetail, type ModelVersion, type Plan } from "@pave/contract";
import { connect } from "../../packages/cli/src/connection.ts";
import { lookUntil } from "./look-until.ts";
import { CommandFailed, home, pave } from "./pave.ts";

/** Where the sample's data and project lie. */
export const sample = join(home, "sample");
export const folder = join(sample, "flight-delays");
export const laterFile = join(sample, "data", "later.parquet");
export const project = "flight-delays";

/*
 * What is done is done by the command that a person would type. What only looks asks the API: a process for each look
 * would cost a third of a second of the processor.
 */

export async function showVersion(version: string): Promise<ModelVersion> {
  return (await connect()).getModelVersion({ params: { project, model: project, version } });
}

export const endpoint = (environment: string) => ({ project, environment, deployment: "late" });

export async function showDeployment(environment: string): Promise<DeploymentDetail> {
  return (await connect()).getDeployment({ params: endpoint(environment) });
}

/** The version that runs in an environment; 0 where none does. */
export async function liveVersion(environment: string): Promise<number> {
  const live = await showDeployment(environment).catch(() => undefined);
  return Number(live?.active?.modelVersion ?? 0);
}

export async function showPlan(number: number): Promise<Plan> {
  return (await connect()).getPlan({ params: { project, plan: number } });
}

export const passed = (plan: Plan): number => plan.verdicts.filter(({ verdict }) => verdict === "pass").length;

export const stateOf = (plan: Plan): string =>
  `plan ${plan.number} is ${plan.state}${plan.message ? `: ${plan.message}` : ""}`;

export async function deployToStaging(version: string): Promise<string> {
  if ((await liveVersion("staging")) >= Number(version)) return `version ${version} was there`;
  const left = await leftPlan("staging", version);
  const plan = left
    ? await seePlanThrough(left)
    : await pave<Plan>(["deploy", "--to", "staging", "--model", `${project}@${version}`], { folder });
  if (plan.state !== "applied") throw new CommandFailed(stateOf(plan));
  return `plan ${plan.number}: ${counted(plan.actions.length, "action")} applied, ${counted(passed(plan), "gate")} passed`;
}

/** The plan that takes a version from staging to production. Judged: it waits for an approval, or goes on by itself. */
export async function planForProduction(version: string): Promise<Plan> {
  const left = await leftPlan("production", version);
  return left
    ? whenIt(left, ({ state }) => state !== "evaluating")
    : pave<Plan>(["promote", "staging", "production"], { folder });
}

/** A plan that is there already, on whatever way an interrupted start has left it. */
async function leftPlan(environment: string, version: string): Promise<Plan | undefined> {
  const { items } = await (await connect()).listPlans({ params: { project }, query: { environment } });
  for (const { number, state } of items) {
    const plan = state === "open" || isOnItsWay(state) ? await showPlan(number) : undefined;
    if (plan?.candidate?.version === version) return plan;
  }
  return undefined;
}

/** To its end, which a plan in `ready` comes to by itself. */
export const seePlanThrough = (plan: Plan): Promise<Plan> => whenIt(plan, ({ state }) => !isOnItsWay(state));

const isOnItsWay = (state: Plan["state"]): boolean => ["evaluating", "ready", "applying"].includes(state);

async function whenIt(plan: Plan, isSo: (plan: Plan) => boolean): Promise<Plan> {
  if (isSo(plan)) return plan;
  const seen = await lookUntil(() => showPlan(plan.number), isSo, 180_000);
  if (!isSo(seen)) throw new CommandFailed(`${stateOf(seen)} after three minutes`);
  return seen;
}
