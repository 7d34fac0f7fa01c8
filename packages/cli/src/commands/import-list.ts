import type { Import } from "@pave/contract";
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
    const rows = items.map(({ id, source, state, by, startedAt, lastAt, report }) => [
      id,
      source,
      stateOf({ state, lastAt }),
      by,
      ago(startedAt),
      report?.counts.runs?.copied,
      report ? skippedOf(report) : null,
    ]);
    const head = ["id", "from", "state", "by", "started", "runs copied", "skipped"];
    const list = table(head, rows, "Nothing was copied in yet: pave import mlflow --from URL");
    const open = unfinishedSources(items).map((source) => `  pave import mlflow --from ${source} --project ${project}`);
    const hint = open.length === 0 ? "" : `\n\nWhat is not finished goes on where it was:\n${open.join("\n")}`;
    return { data: { items }, text: `${list}${hint}` };
  },
};

const unseenMs = 5 * 60_000;

/** A client that was killed says no more; one that is at work is heard of all the time. */
const stateOf = ({ state, lastAt }: Pick<Import, "state" | "lastAt">, now = Date.now()): string => {
  if (state === "running") return now - Date.parse(lastAt) < unseenMs ? "running" : "unfinished";
  return state;
};

/** Of sources whose last import neither ended well nor is at work; the newest import is first. */
const unfinishedSources = (items: readonly Import[]): string[] =>
  [...new Map(items.toReversed().map((one) => [one.source, one])).values()]
    .filter((one) => !["done", "running"].includes(stateOf(one)))
    .map(({ source }) => source);
