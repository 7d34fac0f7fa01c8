import type { Command } from "../command.ts";
import { ago, state, table } from "../output.ts";

export const projectsList: Command = {
  name: "projects list",
  summary: "list projects",
  examples: ["pave projects list"],
  async run(context) {
    const data = await (await context.client()).listProjects();
    const rows = data.items.map((item) => [
      item.name,
      item.owner,
      item.tier,
      state(item.health),
      item.lastRun ? `run ${item.lastRun.number} ${item.lastRun.state}` : null,
      item.deployments.map((one) => `${one.environment} ${one.modelVersion ?? "–"}`).join(", "),
      ago(item.updatedAt),
    ]);
    return {
      data,
      text: table(
        ["project", "owner", "tier", "health", "last run", "live", "changed"],
        rows,
        "No projects yet. Start one with `pave new NAME --data file.csv --target column`.",
      ),
    };
  },
};
