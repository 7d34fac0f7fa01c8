import type { TrackedRunSummary } from "@pave/contract";
import { runKey } from "../../lib/run-key.ts";

/** The address of a run's page: by its number where the platform started it, by its id where a client did. */
export const runPath = (project: string, run: Pick<TrackedRunSummary, "id" | "kind" | "run">): string =>
  `/projects/${encodeURIComponent(project)}/runs/${run.run === null ? run.id : runKey({ ...run, kind: "pipeline" })}`;
