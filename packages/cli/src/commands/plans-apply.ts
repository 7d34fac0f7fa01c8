import { type Command, text } from "../command.ts";
import { planOf, planOptions } from "../local/plan-of.ts";
import { planResult, waitForPlan } from "../local/wait-for-plan.ts";
import { runNumber } from "./runs-show.ts";

export const plansApply: Command = {
  name: "plans apply",
  summary: "apply a plan that is ready",
  arguments: [{ name: "<plan>", help: "number of the plan" }],
  options: [...planOptions, { flags: "-m, --message <text>", help: "why" }],
  examples: ["pave plans apply 3 -m 'looked at the slices'", "pave plans apply 2 --platform"],
  async run(context, [number], options) {
    const { client, calls } = await planOf(context, runNumber(number), options);
    const { hash } = await calls.show();
    const decided = await calls.apply({ hash, comment: text(options.message) ?? "" });
    return planResult(await waitForPlan(client, decided, context, { applies: true }));
  },
};
