import { join } from "node:path";
import { counted, type DeploymentDetail, type ModelVersion, type Plan } from "@pave/contract";
import { CommandFailed, home, pave } from "./pave.ts";

/** Where the sample's data and project lie. */
export const sample = join(home, "sample");
export const folder = join(sample, "flight-delays");
export const laterFile = join(sample, "data", "later.parquet");

export const showVersion = (version: string): Promise<ModelVersion> =>
  pave<ModelVersion>(["models", "show", `flight-delays@${version}`], { folder });

export const showDeployment = (environment: string): Promise<DeploymentDetail> =>
  pave<DeploymentDetail>(["deployments", "show", environment], { folder });

/** The version that runs in an environment; 0 where none does. */
export async function liveVersion(environment: string): Promise<number> {
  const live = await showDeployment(environment).catch(() => undefined);
  return Number(live?.active?.modelVersion ?? 0);
}

export const passed = (plan: Plan): number => plan.verdicts.filter(({ verdict }) => verdict === "pass").length;

export const stateOf = (plan: Plan): string =>
  `plan ${plan.number} is ${plan.state}${plan.message ? `: ${plan.message}` : ""}`;

export async function deployToStaging(version: string): Promise<string> {
  if ((await liveVersion("staging")) >= Number(version)) return `version ${version} was there`;
  const plan = await pave<Plan>(["deploy", "--to", "staging", "--model", `flight-delays@${version}`], { folder });
  if (plan.state !== "applied") throw new CommandFailed(stateOf(plan));
  return `plan ${plan.number}: ${counted(plan.actions.length, "action")} applied, ${counted(passed(plan), "gate")} passed`;
}

/** The plan that takes what runs in staging to production: the one that waits already, or a new one. */
export async function planForProduction(): Promise<Plan> {
  const { items } = await pave<{ items: Plan[] }>(["plans", "list"], { folder });
  const open = items.find((plan) => plan.environment === "production" && plan.state === "open");
  return open
    ? pave<Plan>(["plans", "show", String(open.number)], { folder })
    : pave<Plan>(["promote", "staging", "production"], { folder });
}
