import { type Command, projectOption, text } from "../command.ts";
import { orNothingToDo } from "../local/or-nothing-to-do.ts";
import { formatOption, planFormat } from "../local/plan-format.ts";
import { projectName } from "../local/project-folder.ts";
import { planResult, waitForPlan } from "../local/wait-for-plan.ts";

export const promote: Command = {
  name: "promote",
  summary: "release to one environment what runs in another",
  arguments: [
    { name: "<from>", help: "environment it runs in" },
    { name: "<to>", help: "environment it shall run in" },
  ],
  options: [
    projectOption,
    { flags: "-m, --message <text>", help: "why" },
    { flags: "--dry-run", help: "show the plan and keep nothing" },
    { flags: "--wait", help: "wait until it is applied or waits for somebody (so unless told otherwise)" },
    { flags: "--no-wait", help: "return once the plan is made" },
    formatOption,
  ],
  examples: ["pave promote staging production"],
  async run(context, [from, to], options) {
    const client = await context.client();
    const format = planFormat(options);
    const project = await projectName(context.folder, text(options.project));
    const message = text(options.message);
    const dryRun = options.dryRun === true;
    return orNothingToDo(async () => {
      const plan = await client.createPlan({
        params: { project },
        body: { environment: to ?? "", from: from ?? "", dryRun, ...(message ? { message } : {}) },
      });
      if (options.wait === false || dryRun) return planResult(plan, format);
      return planResult(await waitForPlan(client, plan, context, { applies: true }), format);
    });
  },
};
