import type { Command } from "../command.ts";
import { planOptions, planOwner } from "../local/plan-of.ts";
import { ago, state, table } from "../output.ts";

export const plansList: Command = {
  name: "plans list",
  summary: "list plans, newest first",
  options: planOptions,
  examples: ["pave plans list", "pave plans list --platform"],
  async run(context, _args, options) {
    const project = await planOwner(context, options);
    const client = await context.client();
    const page =
      project === null
        ? await client.listPlatformPlans({ query: {} })
        : await client.listPlans({ params: { project }, query: {} });
    const rows = page.items.map((plan) => [
      plan.number,
      plan.environment,
      state(plan.state),
      plan.title,
      `${plan.approvals.given}/${plan.approvals.needed}`,
      plan.author.name,
      ago(plan.createdAt),
    ]);
    return {
      data: page,
      text: table(
        ["plan", "environment", "state", "title", "approvals", "by", "when"],
        rows,
        project === null
          ? "No plans yet. Make one with `pave environments apply FILE`."
          : "No plans yet. Make one with `pave deploy --to staging`.",
      ),
    };
  },
};
