import { type Client, isRolloutOpen, type RolloutDetail } from "@pave/contract";
import { CliError, type Command, projectOption, text } from "../command.ts";
import { describeRollout } from "./describe-rollout.ts";
import { findDeployment } from "./find-deployment.ts";
import { projectName } from "./project-folder.ts";

type Verb = "pause" | "resume" | "abort" | "promote";
type Move = (client: Client, input: Parameters<Client["pauseRollout"]>[0]) => Promise<RolloutDetail>;

const moves: Readonly<Record<Verb, Move>> = {
  pause: (client, input) => client.pauseRollout(input),
  resume: (client, input) => client.resumeRollout(input),
  abort: (client, input) => client.abortRollout(input),
  promote: (client, input) => client.promoteRollout(input),
};

/** A command about the rollout that is on in a deployment. */
export const moveRollout = (verb: Verb, summary: string, example: string): Command => ({
  name: `deployments ${verb}`,
  summary,
  arguments: [
    { name: "<environment>", help: "environment" },
    { name: "[deployment]", help: "deployment (default: the only one)" },
  ],
  options: [projectOption, { flags: "-m, --message <text>", help: "why" }],
  examples: [example],
  async run(context, [environment, given], options) {
    const client = await context.client();
    const project = await projectName(context.folder, text(options.project));
    const { name: deployment, rollout, ...found } = await findDeployment(client, project, environment ?? "", given);
    if (!rollout || !isRolloutOpen(rollout.state))
      throw new CliError(`No rollout of ${deployment} in ${found.environment} is on`, {
        fix: `See the last one with \`pave deployments show ${found.environment}\`.`,
      });
    const detail = await moves[verb](client, {
      params: { project, environment: found.environment, deployment, rollout: rollout.number },
      body: { reason: text(options.message) ?? "" },
    });
    return { data: detail, text: describeRollout(detail) };
  },
});
