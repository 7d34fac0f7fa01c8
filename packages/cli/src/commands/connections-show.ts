import { connectionPlace } from "@pave/contract";
import { CliError, type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { ago } from "../output.ts";

export const connectionsShow: Command = {
  name: "connections show",
  summary: "show a connection in each environment",
  arguments: [{ name: "<name>", help: "name" }],
  options: [projectOption],
  examples: ["pave connections show warehouse"],
  async run(context, [name = ""], options) {
    const project = await projectName(context.folder, text(options.project));
    const { items } = await (await context.client()).listConnections({ params: { project } });
    const data = items.filter((connection) => connection.name === name);
    if (data.length === 0)
      throw new CliError(`There is no connection ${name}`, {
        fix: `Known: ${[...new Set(items.map((one) => one.name))].join(", ") || "none; `pave connections add` makes one"}.`,
      });
    const lines = data.flatMap((connection) => [
      `${connection.environment ?? "any environment"}: ${connection.type}, ${connectionPlace(connection)}`,
      `  TLS ${connection.settings.tls === false ? "off" : "on"}${connection.settings.ca ? ", with certificates of its own" : ""}; ${connection.hasPassword ? "with a password" : "without a password"}`,
      `  version ${connection.version}, set by ${connection.updatedBy.name} ${ago(connection.updatedAt)}`,
      `  ${connection.lastUsedAt ? `used ${ago(connection.lastUsedAt)} by run ${connection.lastUsedRun}` : "never used"}`,
    ]);
    return { data, text: [name, ...lines].join("\n") };
  },
};
