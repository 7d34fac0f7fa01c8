import type { RolloutAnalysis, RolloutDetail, RolloutStep } from "@pave/contract";
import { colors, state } from "../output.ts";

const marks = { pass: colors.green("✔"), fail: colors.red("✖"), inconclusive: colors.yellow("?") };

/** A canary step by step, each with what was seen in it; of other rollouts one line. */
export function describeRollout(rollout: RolloutDetail): string {
  const { number, release, modelVersion, message, pausedBy, abortsAt } = rollout;
  // why there is none stands at the step, as of its last look
  const waits =
    pausedBy === "inconclusive" && abortsAt !== null ? `no verdict yet; aborts at ${abortsAt} without one` : "";
  const why = waits || message;
  return [
    `${colors.bold(`rollout ${number}`)}  ${state(rollout.state)}  release ${release}, version ${modelVersion}${why ? `: ${why}` : ""}`,
    ...rollout.steps.flatMap(describeStep),
  ].join("\n");
}

function describeStep({ weight, state, analysis }: RolloutStep): string[] {
  const line = `  ${`${weight} %`.padStart(5)}  ${state.padEnd(8)}`;
  if (!analysis) return [line.trimEnd()];
  return [`${line} ${marks[analysis.verdict]} ${analysis.reason}`, ...analysis.conditions.map(describeCondition)];
}

const describeCondition = ({ check, verdict, detail, origin }: RolloutAnalysis["conditions"][number]): string =>
  `         ${marks[verdict]} ${check}  ${colors.dim(`${detail} (${origin})`)}`;
