import { setTimeout as delay } from "node:timers/promises";
import { type Client, counted, diffValues, estimateText, type Plan, planCalls } from "@pave/contract";
import { CliError, type CommandContext, exitCodes, type Result } from "../command.ts";
import { colors, metric, state } from "../output.ts";
import type { PlanFormat } from "./plan-format.ts";
import { planMarkdown } from "./plan-markdown.ts";
import { nextStep } from "./plan-next-step.ts";
import { planCommand } from "./plan-of.ts";

const moving = new Set(["evaluating", "applying"]);

/** Follows a plan until it waits for somebody or is done. A `ready` plan that applies by itself counts as moving. */
export async function waitForPlan(
  client: Client,
  plan: Plan,
  context: CommandContext,
  options: { applies: boolean },
): Promise<Plan> {
  const progress = context.output.progress(`Plan ${plan.number}: ${plan.title}`);
  const calls = planCalls(client, plan);
  let current = plan;
  while (moving.has(current.state) || (options.applies && current.state === "ready")) {
    progress.update(`Plan ${current.number}: ${current.state}${canaryOf(current)}`);
    if (context.signal.aborted) {
      progress.stop();
      throw new CliError(`Plan ${current.number} goes on without this terminal`, {
        fix: `Look with \`${planCommand("show", current)}\`.`,
        exitCode: exitCodes.interrupted,
      });
    }
    await delay(300);
    current = await calls.show();
  }
  if (["applied", "ready", "open"].includes(current.state)) progress.done(`Plan ${current.number}: ${words(current)}`);
  else progress.fail(`Plan ${current.number}: ${words(current)}`);
  return current;
}

/** A canary may take its time: where it can be looked at meanwhile. */
const canaryOf = ({ actions, environment }: Plan): string =>
  actions.some(({ state, after }) => state === "applying" && typeof after === "object" && after && "rollout" in after)
    ? `, a canary (\`pave deployments show ${environment}\`)`
    : "";

const words = (plan: Plan): string =>
  plan.state === "open"
    ? `waits for ${counted(plan.approvals.needed - plan.approvals.given, "approval")}`
    : plan.message
      ? `${plan.state}: ${plan.message}`
      : plan.state;

export function planResult(plan: Plan, format: PlanFormat = "text"): Result {
  return {
    data: plan,
    text: format === "markdown" ? planMarkdown(plan) : describePlan(plan),
    exitCode: ["blocked", "failed", "rejected", "stale"].includes(plan.state) ? exitCodes.failed : exitCodes.ok,
  };
}

const signs = { create: colors.green("+"), update: colors.yellow("~"), delete: colors.red("-"), none: " " };
const marks = {
  pass: colors.green("✔"),
  fail: colors.red("✖"),
  error: colors.red("!"),
  notApplicable: colors.dim("–"),
};

/** What only warns stops nothing, and does not look as if it did. */
const markOf = ({ verdict, mode }: Plan["verdicts"][number]): string =>
  mode === "warn" && (verdict === "fail" || verdict === "error") ? colors.yellow("!") : marks[verdict];

export function describePlan(plan: Plan): string {
  const rule = plan.approvalRule;
  const lines = [
    `${colors.bold(`${plan.project ?? "platform"} plan ${plan.number}`)}  ${state(plan.state)}  to ${plan.environment}: ${plan.title}`,
    ...plan.actions.flatMap((action) => [
      `  ${signs[action.change]} ${action.title}  ${colors.dim(action.reason)}${action.error ? `\n      ${colors.red(action.error)}` : ""}`,
      ...(plan.project === null ? differences(action) : []),
    ]),
    ...plan.verdicts.map(
      (verdict) =>
        `  ${markOf(verdict)} ${verdict.check}  ${colors.dim(`${verdict.detail} (${verdict.origin}${verdict.message ? `: ${verdict.message}` : ""})`)}`,
    ),
  ];
  const compared = plan.candidate && plan.champion ? compare(plan.candidate.metrics, plan.champion.metrics) : "";
  if (compared) lines.push(`  ${compared}`);
  if (plan.estimate) lines.push(...describeEstimate(plan.estimate));
  if (rule.quorum > 0)
    lines.push(
      `  approvals: ${plan.approvals.given} of ${plan.approvals.needed} by ${plan.project === null ? "a platform admin" : rule.roles.join(" or ")}${rule.selfApproval ? " (the author may approve: this platform is a laptop's)" : ""}`,
    );
  if (plan.staleBecause.length > 0) lines.push(`  stale: ${plan.staleBecause.join("; ")}`);
  if (plan.message) lines.push(`  ${plan.message}`);
  const next = nextStep(plan);
  if (next) lines.push(`  ${next}`);
  lines.push(colors.dim(`  hash ${plan.hash.slice(7, 19)}`));
  return lines.join("\n");
}

/** Rules are approved value by value. */
const differences = ({ before, after }: Plan["actions"][number]): string[] =>
  diffValues(before, after)
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .flatMap((line) => [
      ...(line.before === undefined ? [] : [`      ${colors.red(`- ${line.path}: ${line.before}`)}`]),
      ...(line.after === undefined ? [] : [`      ${colors.green(`+ ${line.path}: ${line.after}`)}`]),
    ]);

function describeEstimate(estimate: NonNullable<Plan["estimate"]>): string[] {
  const { cost, carbon, once } = estimateText(estimate);
  return [`  estimate: ${cost}, ${carbon}${once ? `; once ${once}` : ""}`, colors.dim(`    ${estimate.method}`)];
}

function compare(candidate: Record<string, number>, champion: Record<string, number>): string {
  return ["roc_auc", "log_loss"]
    .filter((name) => name in candidate && name in champion)
    .map((name) => `${name} ${metric(candidate[name] ?? 0)} against the champion's ${metric(champion[name] ?? 0)}`)
    .join(" · ");
}
