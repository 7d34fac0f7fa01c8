import { type Command, projectOption, text } from "../command.ts";
import { findProjectFolder, projectName } from "../local/project-folder.ts";
import { ago, colors, state, table } from "../output.ts";

export const status: Command = {
  name: "status",
  summary: "where the project stands on the road and what to do next; outside of a project, what waits for you",
  options: [projectOption],
  examples: ["pave status", "pave status --project flight-delays"],
  async run(context, _args, options) {
    const client = await context.client();
    const given = text(options.project);
    if (!given && !(await findProjectFolder(context.folder))) return home(await client.home());
    const project = await client.getProject({ params: { project: await projectName(context.folder, given) } });
    const rows = project.road.map((stage) => [stage.title, state(stage.state), stage.summary, ago(stage.at)]);
    const next = project.next
      ? `\n${colors.bold("Next")}  ${project.next.text}${project.next.command ? `\n      ${colors.cyan(project.next.command)}` : ""}`
      : "";
    return {
      data: project,
      text: `${colors.bold(project.title)}  ${project.title === project.name ? "" : `${project.name}, `}${project.tier}, owned by ${project.owner}\n${table(["stage", "state", "", "when"], rows, "")}${next}`,
    };
  },
};

function home(data: Awaited<ReturnType<Awaited<ReturnType<Parameters<Command["run"]>[0]["client"]>>["home"]>>) {
  const waiting = data.waiting.map((item) => [item.project, item.title, item.detail, ago(item.at)]);
  const live = data.deployments.map((item) => [
    `${item.project} ${item.environment}/${item.name}`,
    item.modelVersion,
    item.requestsPerMinute.toFixed(1),
  ]);
  return {
    data,
    text: `${table(["project", "waits for you", "", "since"], waiting, "Nothing waits for you.")}\n\n${table(["deployment", "version", "requests/min"], live, "No deployments yet.")}`,
  };
}
