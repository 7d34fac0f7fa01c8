import { resolve } from "node:path";
import type { Plan } from "@pave/contract";
import { CliError, type Command, type CommandContext, text } from "../command.ts";
import { confirm } from "../local/confirm.ts";
import { orNothingToDo } from "../local/or-nothing-to-do.ts";
import { nameIn, readSpec } from "../local/read-spec.ts";
import { describePlan, planResult, waitForPlan } from "../local/wait-for-plan.ts";

export const environmentsApply: Command = {
  name: "environments apply",
  summary: "plan the creation or change of an environment and apply it when no approval is missing (platform admins)",
  arguments: [{ name: "<file>", help: "environments/NAME.yaml" }],
  options: [
    { flags: "-m, --message <text>", help: "why" },
    { flags: "--dry-run", help: "show the plan and keep nothing" },
    { flags: "-y, --yes", help: "do not ask before rules in force are changed" },
    { flags: "--no-wait", help: "return once the plan is made" },
  ],
  examples: [
    "pave environments apply environments/production.yaml --dry-run",
    "pave environments apply environments/production.yaml --yes -m 'two people for what customers see'",
  ],
  async run(context, [file], options) {
    const { name, yaml } = await readEnvironment(resolve(context.folder, file ?? ""), file ?? "");
    const client = await context.client();
    const message = text(options.message);
    const plan = (dryRun: boolean) =>
      client.createEnvironmentPlan({
        params: { environment: name },
        body: { yaml, dryRun, ...(message ? { message } : {}) },
      });
    return orNothingToDo(async () => {
      if (options.dryRun === true) return planResult(await plan(true));
      if (options.yes !== true) await askAbout(context, await plan(true));
      const made = await plan(false);
      if (options.wait === false) return planResult(made);
      return planResult(await waitForPlan(client, made, context, { applies: true }));
    });
  },
};

/** A new environment changes nothing for anybody; a change of rules in force is looked at first. */
async function askAbout(context: CommandContext, looked: Plan): Promise<void> {
  if (looked.actions.every(({ before }) => before === null)) return;
  context.output.note(describePlan(looked));
  await confirm(false, context.output.isTerminal, "plan");
}

/** The server reads the file for what is wrong with it; here only the name is needed. */
async function readEnvironment(path: string, shown: string): Promise<{ name: string; yaml: string }> {
  const yaml = await readSpec(path, shown);
  const name = nameIn(yaml);
  if (name !== undefined) return { name, yaml };
  throw new CliError(`${shown}: expected a \`name\``, { fix: "For example: name: production" });
}
