import type { TrackedRunPage } from "@pave/contract";
import { Link } from "@tanstack/react-router";

/** To the other runs of the run's experiment. */
export function ExperimentLink({ project, run }: { project: string; run: TrackedRunPage }) {
  return (
    <Link
      to="/projects/$project/experiments/$experiment"
      params={{ project, experiment: run.experimentId }}
      className="link"
    >
      {run.experiment}
    </Link>
  );
}
