import type { TrackedRunPage } from "@pave/contract";
import { ago, colors, facts, metric, seconds, state, table } from "../output.ts";

/** A run that a client logged, or what a pipeline's run or step tracked. */
export function describeTrackedRun(run: TrackedRunPage, { project, url }: { project: string; url: string }): string {
  const tags = Object.entries(run.tags).filter(([name]) => !/^(mlflow|pave)\./.test(name));
  const models = [
    ...run.versions.map(({ model, version, aliases }) =>
      [`${model}@${version}`, ...aliases.map((alias) => `@${alias}`)].join(" "),
    ),
    ...run.models.filter(({ versions }) => versions.length === 0).map(({ name, id }) => `${name} (${id})`),
  ];
  return [
    `${colors.bold(run.name)}  ${state(run.isDeleted ? "deleted" : run.state)}`,
    facts([
      ["project", project],
      ["experiment", run.experiment],
      ["started", `${ago(run.startedAt)}${run.author ? ` by ${run.author}` : ""}`],
      ["took", seconds(run.startedAt, run.finishedAt)],
      ["source", run.source.name],
      ["commit", run.source.commit],
      ["parent", run.parent?.name],
      ["below it", run.children.total > 0 ? `${run.children.total} runs` : null],
      ["data", run.datasets.map(({ name, digest }) => `${name} ${digest}`).join(", ") || null],
      ["models", models.join(", ") || null],
      ["files", run.files.count],
      ["portal", url],
    ]),
    table(
      ["metric", "latest", "step"],
      run.latest.map(({ key, value, text, step }) => [key, value === null ? text : metric(value), step]),
      "no metrics",
    ),
    table(["param", "value"], Object.entries(run.params), "no params"),
    ...(tags.length > 0 ? [table(["tag", "value"], tags, "")] : []),
  ].join("\n");
}
