import { type Command, text } from "../command.ts";
import { planOf, planOptions } from "../local/plan-of.ts";
import { planResult, waitForPlan } from "../local/wait-for-plan.ts";
import { runNumber } from "./runs-show.ts";

export const plansApprove: Command = {
  name: "plans approve",
  summary: "approve a plan; it is applied when nothing else is missing",
  arguments: [{ name: "<plan>", help: "number of the plan" }],
  options: [...planOptions, { flags: "-m, --message <text>", help: "why" }],
  examples: ["pave plans approve 3 -m 'looked at the slices'", "pave plans approve 2 --platform"],
  async run(context, [number], options) {
    const { client, calls } = await planOf(context, runNumber(number), options);
    const { hash } = await calls.show();
    const decided = await calls.approve({ hash, comment: text(options.message) ?? "" });
    return planResult(await waitForPlan(client, decided, context, { applies: true }));
  },
};
