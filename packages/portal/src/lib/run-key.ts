import type { TrackedRunSummary } from "@pave/contract";

/** What stands for a run in the URL of a comparison: its number, or its id where it has none of its own. */
export const runKey = (run: Pick<TrackedRunSummary, "id" | "kind" | "run">): string =>
  run.run !== null && run.kind !== "step" ? String(run.run.number) : run.id;
