import type { Command } from "../command.ts";
import { planOf, planOptions } from "../local/plan-of.ts";
import { describePlan } from "../local/wait-for-plan.ts";
import { runNumber } from "./runs-show.ts";

export const plansRecompute: Command = {
  name: "plans recompute",
  summary: "compute a stale plan again",
  arguments: [{ name: "<plan>", help: "number of the plan" }],
  options: planOptions,
  examples: ["pave plans recompute 3", "pave plans recompute 2 --platform"],
  async run(context, [number], options) {
    const { calls } = await planOf(context, runNumber(number), options);
    const plan = await calls.recompute();
    return { data: plan, text: describePlan(plan) };
  },
};
