import { redirect } from "@tanstack/react-router";
import { api } from "../lib/api.ts";

/**
 * MLflow's client prints where its own pages would show a run: `/#/experiments/1/runs/0af3…`. The run of such an address;
 * undefined of any other.
 */
export const runOfAddress = (hash: string): string | undefined =>
  /^#?\/experiments\/\d+\/runs\/([0-9a-f]{32})\/?$/.exec(hash)?.[1];

/** Leads to where a run is shown here, by whichever project has it; nowhere where none that I see has. */
export async function openMlflowAddress(hash: string): Promise<void> {
  const runId = runOfAddress(hash);
  if (runId === undefined) return;
  const filter = `attributes.run_id = '${runId}'`;
  const { items: projects } = await api.listProjects().catch(() => ({ items: [] }));
  const found = await Promise.all(
    projects.map(async ({ name }) => {
      const query = { filter, show: "all", limit: 1 } as const;
      const { items } = await api.searchRuns({ params: { project: name }, query }).catch(() => ({ items: [] }));
      return items.length > 0 ? name : undefined;
    }),
  );
  const project = found.find((name) => name !== undefined);
  if (project === undefined) return;
  throw redirect({
    to: "/projects/$project/runs/compare",
    params: { project },
    search: { ids: runId },
    hash: "",
    replace: true,
  });
}
