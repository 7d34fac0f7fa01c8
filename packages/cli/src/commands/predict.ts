import { ApiError, type ErrorBody } from "@pave/contract";
import { CliError, type Command, exitCodes, projectOption, text } from "../command.ts";
import { findDeployment } from "../local/find-deployment.ts";
import { projectName } from "../local/project-folder.ts";
import { shownJson } from "../plain-text.ts";

export const predict: Command = {
  name: "predict",
  summary: "send one row to a deployment",
  arguments: [
    { name: "<environment>", help: "environment" },
    { name: "[deployment]", help: "deployment (default: the only one)" },
  ],
  options: [projectOption, { flags: "--input <json>", help: "features as JSON (default: the model's own example)" }],
  examples: ["pave predict production", `pave predict production --input '{"origin":"ATL","destination":"ORD"}'`],
  async run(context, [environment, given], options) {
    const client = await context.client();
    const project = await projectName(context.folder, text(options.project));
    const found = await findDeployment(client, project, environment ?? "", given);
    const params = { project, environment: found.environment, deployment: found.name };
    const input = await inputOf(text(options.input), async () => (await client.getDeployment({ params })).inputExample);
    const answer = await client.tryDeployment({ params, body: { input } });
    if (answer.status >= 400) throw refusal(answer);
    // beside the answer, so that what is printed is JSON that other programs read
    context.output.note(`answered in ${answer.milliseconds.toFixed(1)} ms`);
    return { data: answer.body, text: shownJson(answer.body, 2) };
  },
};

/** The gateway's own words. */
function refusal({ status, body }: { status: number; body: unknown }): Error {
  const error = (body as { error?: ErrorBody } | null)?.error;
  return error?.code
    ? new ApiError(status, error)
    : new CliError(`The gateway answered ${status}`, { exitCode: exitCodes.failed });
}

async function inputOf(given: string | undefined, example: () => Promise<unknown>): Promise<unknown> {
  if (given === undefined) return example();
  try {
    return JSON.parse(given);
  } catch (error) {
    throw new CliError(`--input: not JSON: ${error instanceof Error ? error.message : ""}`, {
      fix: `For example: --input '{"feature": 1}'`,
    });
  }
}
