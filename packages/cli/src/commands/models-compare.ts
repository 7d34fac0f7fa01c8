import type { VersionComparison } from "@pave/contract";
import { CliError, type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { colors, metric, table } from "../output.ts";

export const modelsCompare: Command = {
  name: "models compare",
  summary: "compare two versions of a model: metrics, params, signature, data, code, environment; what differs first",
  arguments: [
    { name: "<model@version>", help: "a version or alias: flight-delays@1" },
    { name: "<model@version>", help: "another one of the same model: flight-delays@production" },
  ],
  options: [projectOption],
  examples: ["pave models compare flight-delays@1 flight-delays@2"],
  async run(context, [left, right], options) {
    const [one, other] = [versionOf(left), versionOf(right)];
    if (one.model !== other.model)
      throw new CliError(`${left} and ${right} are of two models; expected two versions of one`, {
        fix: `For example: pave models compare ${one.model}@1 ${one.model}@2`,
      });
    const project = await projectName(context.folder, text(options.project));
    const client = await context.client();
    const data = await client.compareModelVersions({
      params: { project, model: one.model, version: one.version },
      query: { with: other.version },
    });
    return { data, text: describe(data) };
  },
};

function versionOf(reference: string | undefined): { model: string; version: string } {
  const [model, version, ...more] = (reference ?? "").split("@");
  if (model && version && more.length === 0) return { model, version };
  throw new CliError(`${reference}: expected name@version`, { fix: "For example: flight-delays@2" });
}

function describe({ left, right, rows }: VersionComparison): string {
  const same = rows.filter(({ differs }) => !differs).length;
  return [
    colors.bold(`${left.name}: version ${left.version} and version ${right.version}`),
    table(
      ["", "", left.version, right.version],
      rows.filter(({ differs }) => differs).map((row) => [row.group, row.name, shown(row.left), shown(row.right)]),
      "Nothing differs.",
    ),
    ...(same === 0 ? [] : [colors.dim(`  ${same} more are the same in both; --json has them.`)]),
  ].join("\n");
}

/** Of a digest as much as tells two apart. */
function shown(value: number | string | null): string {
  if (value === null) return "–";
  return typeof value === "number" ? metric(value) : value.replace(/sha256:([0-9a-f]{12})[0-9a-f]{52}/g, "$1");
}
