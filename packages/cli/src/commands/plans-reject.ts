import { type Command, text } from "../command.ts";
import { planOf, planOptions } from "../local/plan-of.ts";
import { planResult } from "../local/wait-for-plan.ts";
import { runNumber } from "./runs-show.ts";

export const plansReject: Command = {
  name: "plans reject",
  summary: "reject a plan",
  arguments: [{ name: "<plan>", help: "number of the plan" }],
  options: [...planOptions, { flags: "-m, --message <text>", help: "why" }],
  examples: [
    "pave plans reject 3 -m 'looked at the slices'",
    "pave plans reject 2 --platform -m 'one approval is too few'",
  ],
  async run(context, [number], options) {
    const { calls } = await planOf(context, runNumber(number), options);
    const { hash } = await calls.show();
    const decided = await calls.reject({ hash, comment: text(options.message) ?? "" });
    return { ...planResult(decided), exitCode: 0 };
  },
};
