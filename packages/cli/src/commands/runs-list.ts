import { type Command, projectOption, text } from "../command.ts";
import { wholeNumber } from "../local/parse-vars.ts";
import { projectName } from "../local/project-folder.ts";
import { ago, seconds, state, table } from "../output.ts";

export const runsList: Command = {
  name: "runs list",
  summary: "list runs, newest first",
  options: [projectOption, { flags: "--limit <n>", help: "how many", fallback: "20" }],
  examples: ["pave runs list", "pave runs list --limit 5 --json"],
  async run(context, _args, options) {
    const project = await projectName(context.folder, text(options.project));
    const page = await (await context.client()).listRuns({
      params: { project },
      query: { limit: wholeNumber("--limit", options.limit) },
    });
    const rows = page.items.map((run) => [
      run.number,
      run.pipeline,
      state(run.state),
      `${run.steps.done}/${run.steps.total}`,
      seconds(run.startedAt, run.finishedAt),
      run.requestedBy.name,
      ago(run.createdAt),
      run.message ?? "",
    ]);
    return {
      data: page,
      text: table(
        ["run", "pipeline", "state", "steps", "took", "by", "when", "message"],
        rows,
        "No runs yet. Start one with `pave run`.",
      ),
    };
  },
};
