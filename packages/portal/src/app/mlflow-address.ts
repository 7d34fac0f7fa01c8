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
  const trackedRun = runOfAddress(hash);
  if (trackedRun === undefined) return;
  const found = await api.findTrackedRun({ params: { trackedRun } }).catch(() => undefined);
  if (found === undefined) return;
  throw redirect({
    to: "/projects/$project/runs/$run",
    params: { project: found.project, run: trackedRun },
    hash: "",
    replace: true,
  });
}
