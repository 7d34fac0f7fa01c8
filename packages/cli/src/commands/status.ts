import type { Home } from "@pave/contract";
import { type Command, projectOption, text } from "../command.ts";
import { describeWaiting } from "../local/describe-waiting.ts";
import { findProjectFolder, projectName } from "../local/project-folder.ts";
import { ago, colors, state, table } from "../output.ts";

export const status: Command = {
  name: "status",
  summary:
    "where the project stands on the road, what waits for you and what to do next; outside of a project, what waits anywhere",
  options: [projectOption],
  examples: ["pave status", "pave status --project flight-delays"],
  async run(context, _args, options) {
    const client = await context.client();
    const given = text(options.project);
    if (!given && !(await findProjectFolder(context.folder))) return home(await client.home());
    const project = await client.getProject({ params: { project: await projectName(context.folder, given) } });
    const rows = project.road.map((stage) => [stage.title, state(stage.state), stage.summary, ago(stage.at)]);
    const waiting = project.waiting.length === 0 ? "" : `\n${describeWaiting(project.waiting)}`;
    const next = project.next
      ? `\n${colors.bold("Next")}  ${project.next.text}${project.next.command ? `\n      ${colors.cyan(project.next.command)}` : ""}`
      : "";
    return {
      data: project,
      text: `${colors.bold(project.title)}  ${project.title === project.name ? "" : `${project.name}, `}${project.tier}, owned by ${project.owner}\n${table(["stage", "state", "", "when"], rows, "")}${waiting}${next}`,
    };
  },
};

function home(data: Home) {
  const live = data.deployments.map((item) => [
    `${item.project} ${item.environment}/${item.name}`,
    item.modelVersion,
    item.requestsPerMinute.toFixed(1),
  ]);
  return {
    data,
    text: `${describeWaiting(data.waiting)}\n\n${table(["deployment", "version", "requests/min"], live, "No deployments yet.")}`,
  };
}
