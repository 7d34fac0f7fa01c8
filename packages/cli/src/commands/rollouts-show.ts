import type { Client } from "@pave/contract";
import { CliError, type Command, projectOption, text } from "../command.ts";
import { describeRollout } from "../local/describe-rollout.ts";
import { findDeployment } from "../local/find-deployment.ts";
import { projectName } from "../local/project-folder.ts";
import { runNumber } from "./runs-show.ts";

export const rolloutsShow: Command = {
  name: "rollouts show",
  summary: "show each step of a rollout with what was seen in it",
  arguments: [
    { name: "<environment>", help: "environment" },
    { name: "[rollout]", help: "number of the rollout (default: the newest)" },
  ],
  options: [projectOption, { flags: "--deployment <name>", help: "deployment (default: the only one)" }],
  examples: ["pave rollouts show production", "pave rollouts show production 2"],
  async run(context, [environment, number], options) {
    const client = await context.client();
    const project = await projectName(context.folder, text(options.project));
    const found = await findDeployment(client, project, environment ?? "", text(options.deployment));
    const params = { project, environment: found.environment, deployment: found.name };
    const rollout = number === undefined ? await newest(client, params) : runNumber(number);
    const data = await client.getRollout({ params: { ...params, rollout } });
    return { data, text: describeRollout(data) };
  },
};

async function newest(
  client: Client,
  params: { readonly project: string; readonly environment: string; readonly deployment: string },
): Promise<number> {
  const [first] = (await client.listRollouts({ params })).items;
  if (first) return first.number;
  throw new CliError(`Nothing was released to ${params.environment}/${params.deployment} yet`, {
    fix: `Release something: pave deploy --to ${params.environment}`,
  });
}
