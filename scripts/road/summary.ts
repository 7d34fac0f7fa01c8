import type { DeploymentDetail, ModelVersion, Plan } from "@pave/contract";
import type { StageResult } from "./stage.ts";
import type { TrafficResult } from "./traffic.ts";

export interface Summary {
  readonly road: { readonly url: string; readonly gatewayUrl: string; readonly signInUrl: string };
  readonly folder: string;
  /** The command to type: a path, since `pave` is not on the PATH yet. */
  readonly pave: string;
  readonly stages: readonly StageResult[];
  readonly live: DeploymentDetail;
  /** 1 to 3, in order. */
  readonly versions: readonly ModelVersion[];
  /** One line each: what labels told, and how version 2 came back. */
  readonly truth: string;
  readonly caught: string;
  readonly plan: Plan | undefined;
  readonly traffic: TrafficResult | undefined;
  /** With its token, as it works. */
  readonly curl: string;
  readonly seconds: number;
  readonly stays: boolean;
}

/** What was done, where to look, what to try: short enough to read. */
export function printSummary(summary: Summary): void {
  const { live, versions, plan } = summary;
  const metric = (name: string) =>
    versions.map(({ version, metrics }) => `version ${version}  ${(metrics[name] ?? 0).toFixed(4)}`).join("   ");
  const waits =
    plan && live.active?.modelVersion === "1"
      ? `Version 3 waits for you: ${summary.road.url}/projects/flight-delays/plans/${plan.number}`
      : `Version ${live.active?.modelVersion ?? "?"} is live in production`;
  const lines = [
    "",
    `Down the road in ${summary.seconds.toFixed(1)} s. ${waits}`,
    "",
    `  test AUC        ${metric("roc_auc")}   (flights of the last fifth of the days, never trained on)`,
    `  log loss        ${metric("log_loss")}`,
    `  what came true  ${summary.truth}`,
    `  version 2       ${summary.caught}`,
    `  seconds         ${summary.stages.map((stage) => `${stage.title.toLowerCase()} ${stage.seconds.toFixed(1)}`).join(" · ")}`,
    "",
  ];
  lines.push(
    ...(summary.stays ? [] : ["  The platform stops now; after `npm start` all of this answers, with a new link.", ""]),
    `  portal          ${summary.road.url}`,
    `  sign in (once)  ${summary.road.signInUrl}`,
    "",
    `  ${summary.curl}`,
    "",
    "Try next:",
    live.active?.modelVersion === "1"
      ? "  1. Approve version 3 in the portal and watch the traffic move."
      : "  1. Look at the releases in the portal, and send a flight from the page of the deployment.",
    `  2. ${summary.pave} rollback production --project flight-delays`,
    `  3. Your own CSV: ${summary.pave} new my-model --data my.csv --target my_column`,
    "",
  );
  process.stdout.write(`${lines.join("\n")}\n`);
}
