import type { Client } from "@pave/contract";
import { CliError, type Command, type CommandContext, list, projectOption, text } from "../command.ts";
import { orNothingToDo } from "../local/or-nothing-to-do.ts";
import { formatOption, planFormat } from "../local/plan-format.ts";
import { findProjectFolder, projectName } from "../local/project-folder.ts";
import { pushRevision } from "../local/push-revision.ts";
import { waitForChecks } from "../local/wait-for-checks.ts";
import { planResult, waitForPlan } from "../local/wait-for-plan.ts";

export const deploy: Command = {
  name: "deploy",
  summary: "push this folder, plan its release with the newest model version, and apply it when no approval is missing",
  options: [
    projectOption,
    { flags: "--to <environment>", help: "environment to release to" },
    {
      flags: "--model <name@version>",
      help: "a version or alias other than the newest; models:/NAME@ALIAS also what pave.yaml does not serve",
      repeatable: true,
    },
    { flags: "--name <deployment>", help: "what the deployment of such a model is called (default: the model's name)" },
    { flags: "--revision <n>", help: "a revision other than this folder (outside of it: than the one pushed last)" },
    { flags: "-m, --message <text>", help: "why" },
    { flags: "--dry-run", help: "show the plan and keep nothing but the pushed folder" },
    { flags: "--no-apply", help: "leave the plan open even when nothing is missing" },
    { flags: "--wait", help: "wait until it is applied or waits for somebody (so unless told otherwise)" },
    { flags: "--no-wait", help: "return once the plan is made" },
    formatOption,
  ],
  examples: [
    "pave deploy --to staging",
    "pave deploy --to staging --model flight-delays@2 --dry-run",
    "pave deploy --to staging --dry-run --format markdown",
    "pave deploy --to staging --model models:/tumours@champion --project clinic",
  ],
  async run(context, _args, options) {
    const environment = text(options.to);
    if (!environment)
      throw new CliError("Where to? Name an environment", {
        fix: "For example: pave deploy --to staging (`pave environments list` shows them).",
      });
    const client = await context.client();
    const format = planFormat(options);
    const project = await projectName(context.folder, text(options.project));
    const models = list(options.model);
    const message = text(options.message);
    const autoApply = options.apply !== false;
    const dryRun = options.dryRun === true;
    const deployment = text(options.name);
    if (options.wait !== false) await waitForChecks(client, context, { project, models });
    const revision = text(options.revision) ?? (await pushedFolder(client, context, { project, message }));
    return orNothingToDo(async () => {
      const plan = await client.createPlan({
        params: { project },
        body: {
          environment,
          autoApply,
          dryRun,
          ...(models.length > 0 ? { models } : {}),
          ...(deployment === undefined ? {} : { deployment }),
          ...(revision ? { revision } : {}),
          ...(message ? { message } : {}),
        },
      });
      if (options.wait === false || dryRun) return planResult(plan, format);
      return planResult(await waitForPlan(client, plan, context, { applies: autoApply }), format);
    });
  },
};

/** What is deployed is what lies here, where this is the project's folder. */
async function pushedFolder(
  client: Client,
  context: CommandContext,
  { project, message = "" }: { project: string; message: string | undefined },
): Promise<string | undefined> {
  const folder = await findProjectFolder(context.folder);
  const name = folder && (await projectName(folder, undefined).catch(() => undefined));
  if (folder === undefined || name !== project) return undefined;
  return (await pushRevision(client, { project, folder, message, output: context.output })).id;
}
