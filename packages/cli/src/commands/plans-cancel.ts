import type { Command } from "../command.ts";
import { planOf, planOptions } from "../local/plan-of.ts";
import { describePlan } from "../local/wait-for-plan.ts";
import { runNumber } from "./runs-show.ts";

export const plansCancel: Command = {
  name: "plans cancel",
  summary: "withdraw a plan",
  arguments: [{ name: "<plan>", help: "number of the plan" }],
  options: planOptions,
  examples: ["pave plans cancel 3", "pave plans cancel 2 --platform"],
  async run(context, [number], options) {
    const { calls } = await planOf(context, runNumber(number), options);
    const plan = await calls.cancel();
    return { data: plan, text: describePlan(plan) };
  },
};
