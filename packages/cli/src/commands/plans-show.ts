import type { Command } from "../command.ts";
import { formatOption, planFormat } from "../local/plan-format.ts";
import { planMarkdown } from "../local/plan-markdown.ts";
import { planOf, planOptions } from "../local/plan-of.ts";
import { describePlan } from "../local/wait-for-plan.ts";
import { runNumber } from "./runs-show.ts";

export const plansShow: Command = {
  name: "plans show",
  summary: "show a plan: actions, gates, approvals",
  arguments: [{ name: "<plan>", help: "number of the plan" }],
  options: [...planOptions, formatOption],
  examples: ["pave plans show 3", "pave plans show 2 --platform"],
  async run(context, [number], options) {
    const { calls } = await planOf(context, runNumber(number), options);
    const plan = await calls.show();
    return { data: plan, text: planFormat(options) === "markdown" ? planMarkdown(plan) : describePlan(plan) };
  },
};
