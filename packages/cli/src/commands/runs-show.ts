import { CliError, type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { describeRun } from "../local/wait-for-run.ts";

export const runsShow: Command = {
  name: "runs show",
  summary: "show a run: steps, cache, metrics, models",
  arguments: [{ name: "<run>", help: "number of the run" }],
  options: [projectOption],
  examples: ["pave runs show 12"],
  async run(context, [number], options) {
    const project = await projectName(context.folder, text(options.project));
    const run = await (await context.client()).getRun({ params: { project, run: runNumber(number) } });
    return { data: run, text: describeRun(run) };
  },
};

/** The number of a run, plan or release as people type it. */
export function runNumber(value: string | undefined): number {
  const number = Number((value ?? "").replace(/^#/, ""));
  if (!Number.isInteger(number) || number < 1)
    throw new CliError(`${value ?? "(nothing)"}: expected a number such as 12`, {
      fix: "The lists show them: `pave runs list`, `pave plans list`.",
    });
  return number;
}
