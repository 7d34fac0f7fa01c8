import type { Connection } from "@pave/contract";
import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { ago, table } from "../output.ts";

export const connectionsList: Command = {
  name: "connections list",
  summary: "list connections by name and environment; never passwords",
  options: [projectOption],
  examples: ["pave connections list"],
  async run(context, _arguments, options) {
    const project = await projectName(context.folder, text(options.project));
    const data = await (await context.client()).listConnections({ params: { project } });
    const rows = data.items.map((connection) => [
      connection.name,
      connection.environment ?? "any",
      connection.type,
      placeOf(connection),
      connection.updatedBy.name,
      ago(connection.updatedAt),
      ago(connection.lastUsedAt),
    ]);
    const heads = ["name", "environment", "type", "leads to", "set by", "set", "used"];
    return { data, text: table(heads, rows, "No connections: pave connections add NAME --type …") };
  },
};

/** `reader@db:5432/sales`, `https://files.example/data`, `s3://lake`. */
export function placeOf({ type, settings }: Pick<Connection, "type" | "settings">): string {
  const { host, port, database, user, url, bucket, region } = settings;
  if (type === "s3") return `s3://${bucket}${url ? ` at ${url}` : region ? ` in ${region}` : ""}`;
  if (type === "http") return url ?? "";
  return `${user}@${host}${port ? `:${port}` : ""}/${database}`;
}
