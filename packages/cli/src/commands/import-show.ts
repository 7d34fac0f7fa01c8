import { type Command, projectOption, text } from "../command.ts";
import { reportText } from "../import-mlflow/tally.ts";
import { projectName } from "../local/project-folder.ts";
import { facts } from "../output.ts";

export const importShow: Command = {
  name: "import show",
  summary: "an import with its report",
  arguments: [{ name: "[id]", help: "id of `pave import list` (default: the newest)" }],
  options: [projectOption],
  examples: ["pave import show --project churn"],
  async run(context, [id], options) {
    const client = await context.client();
    const project = await projectName(context.folder, text(options.project));
    const newest = async () => (await client.listImports({ params: { project } })).items[0]?.id ?? "none";
    const data = await client.getImport({ params: { project, import: id ?? (await newest()) } });
    const head = facts([
      ["from", data.source],
      ["MLflow", data.sourceVersion],
      ["state", data.state],
      ["by", data.by],
      ["started", data.startedAt],
      ["last", data.lastAt],
    ]);
    const report = data.report
      ? reportText(data.report)
      : "It ended without a report: run it again, and it goes on there.";
    return { data, text: `${head}\n\n${report}` };
  },
};
