import { CliError, type Command, type CommandContext, projectOption, type Result, text } from "../command.ts";
import { describeTrackedRun } from "../local/describe-tracked-run.ts";
import { projectName } from "../local/project-folder.ts";
import { describeRun } from "../local/wait-for-run.ts";

export const runsShow: Command = {
  name: "runs show",
  summary: "show a run: steps, cache, metrics, models; of one that MLflow logged params, metrics, tags, models",
  arguments: [{ name: "<run>", help: "number of the run, or the id of 32 digits that MLflow's clients print" }],
  options: [projectOption],
  examples: ["pave runs show 12", "pave runs show 8a6f4c1e0b7d4f2f9c3e5a7b1d9f0e2c"],
  async run(context, [number], options) {
    if (number !== undefined && /^[0-9a-f]{32}$/.test(number))
      return showTrackedRun(context, number, text(options.project));
    const project = await projectName(context.folder, text(options.project));
    const run = await (await context.client()).getRun({ params: { project, run: runNumber(number) } });
    return { data: run, text: describeRun(run) };
  },
};

/** The id says which project it is of, unless one is named. */
async function showTrackedRun(context: CommandContext, id: string, named: string | undefined): Promise<Result> {
  const client = await context.client();
  const project = named ?? (await client.findTrackedRun({ params: { trackedRun: id } })).project;
  const run = await client.getTrackedRun({ params: { project, trackedRun: id } });
  const url = `${(await context.connection()).url}/projects/${project}/runs/${id}`;
  return { data: { ...run, project, url }, text: describeTrackedRun(run, { project, url }) };
}

/** The number of a run, plan or release as people type it. */
export function runNumber(value: string | undefined): number {
  const number = Number((value ?? "").replace(/^#/, ""));
  if (!Number.isInteger(number) || number < 1)
    throw new CliError(`${value ?? "(nothing)"}: expected a number such as 12`, {
      fix: "The lists show them: `pave runs list`, `pave plans list`.",
    });
  return number;
}
