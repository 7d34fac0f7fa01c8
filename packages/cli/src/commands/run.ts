import type { Client } from "@pave/contract";
import { CliError, type Command, list, projectOption, text } from "../command.ts";
import { parseVars } from "../local/parse-vars.ts";
import { projectFolder, projectName } from "../local/project-folder.ts";
import { pushRevision } from "../local/push-revision.ts";
import { runResult, waitForRun } from "../local/wait-for-run.ts";

export const run: Command = {
  name: "run",
  summary: "push this folder and run a pipeline of it",
  arguments: [{ name: "[pipeline]", help: "pipeline of pave.yaml (default: the only one)" }],
  options: [
    projectOption,
    { flags: "-m, --message <text>", help: "why this run" },
    { flags: "--var <name=value>", help: "override a variable of the spec", repeatable: true },
    { flags: "--refresh", help: "ignore cached results" },
    { flags: "--wait", help: "wait until it has ended (so unless told otherwise)" },
    { flags: "-e, --environment <name>", help: "with the secrets and connections of an environment without approvals" },
    { flags: "--no-wait", help: "return once it is queued" },
  ],
  examples: ["pave run", "pave run train --var sample=100000", "pave run --no-wait --json"],
  async run(context, [pipeline], options) {
    const client = await context.client();
    const folder = await projectFolder(context.folder);
    const project = await projectName(context.folder, text(options.project));
    const message = text(options.message);
    const environment = text(options.environment);
    const revision = await pushRevision(client, { project, folder, message: message ?? "", output: context.output });
    const name = pipeline ?? (await onlyPipeline(client, project, revision.id));
    const started = await client.startRun({
      params: { project },
      body: {
        pipeline: name,
        revision: revision.id,
        vars: parseVars(list(options.var)),
        refresh: options.refresh === true,
        ...(environment ? { environment } : {}),
        ...(message ? { message } : {}),
      },
    });
    if (options.wait === false)
      return { data: started, text: `Run ${started.number} of ${project} is queued: pave runs show ${started.number}` };
    return runResult(await waitForRun(client, started, context));
  },
};

async function onlyPipeline(client: Client, project: string, revision: string): Promise<string> {
  const params = { project, revision };
  const { spec } = await client.getRevision({ params });
  if (!spec) {
    const { problems } = await client.validateRevision({ params });
    throw new CliError("pave.yaml cannot be read", { problems, fix: "Nothing was started." });
  }
  const names = Object.keys((spec as { pipelines?: Record<string, unknown> }).pipelines ?? {});
  if (names.length === 1 && names[0]) return names[0];
  if (names.length === 0)
    throw new CliError("pave.yaml has no pipeline", { fix: "Describe its steps under `pipelines:`." });
  throw new CliError(`Which pipeline? pave.yaml has ${names.join(", ")}`, { fix: `For example: pave run ${names[0]}` });
}
