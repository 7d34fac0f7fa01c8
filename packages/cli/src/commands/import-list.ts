import { type Command, projectOption, text } from "../command.ts";
import { skippedOf } from "../import-mlflow/tally.ts";
import { projectName } from "../local/project-folder.ts";
import { ago, table } from "../output.ts";

export const importList: Command = {
  name: "import list",
  summary: "what was copied in from servers of MLflow",
  options: [projectOption],
  examples: ["pave import list --project churn"],
  async run(context, _args, options) {
    const client = await context.client();
    const project = await projectName(context.folder, text(options.project));
    const { items } = await client.listImports({ params: { project } });
    const rows = items.map(({ id, source, state, by, startedAt, report }) => [
      id,
      source,
      // a client that was killed says no more
      state === "running" ? "not ended" : state,
      by,
      ago(startedAt),
      report?.counts.runs?.copied,
      report ? skippedOf(report) : null,
    ]);
    const head = ["id", "from", "state", "by", "started", "runs copied", "skipped"];
    return { data: { items }, text: table(head, rows, "Nothing was copied in yet: pave import mlflow --from URL") };
  },
};
