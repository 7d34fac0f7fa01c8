import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { table } from "../output.ts";

export const modelsList: Command = {
  name: "models list",
  summary: "list registered models with their aliases",
  options: [projectOption],
  examples: ["pave models list"],
  async run(context, _args, options) {
    const project = await projectName(context.folder, text(options.project));
    const data = await (await context.client()).listModels({ params: { project } });
    const rows = data.items.map((model) => [
      model.name,
      model.latestVersion,
      model.versions,
      Object.entries(model.aliases)
        .map(([alias, version]) => `@${alias} ${version}`)
        .join(", "),
    ]);
    return {
      data,
      text: table(
        ["model", "newest", "versions", "aliases"],
        rows,
        "No models yet: a pipeline run registers them (`models:` in pave.yaml).",
      ),
    };
  },
};
