import type { TrackedRunSummary } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

/** To the page of a run: the platform's own by their number, with their steps; others by their id. */
export function RunLink({
  project,
  run,
  className = "",
  title,
  children,
}: {
  project: string;
  run: Pick<TrackedRunSummary, "id" | "kind" | "run" | "name">;
  className?: string | undefined;
  /** The whole of a name that may be cut. */
  title?: string;
  children: ReactNode;
}) {
  if (run.run === null)
    return (
      <Link
        to="/projects/$project/runs/$run"
        params={{ project, run: run.id }}
        className={`link ${className}`}
        title={title}
      >
        {children}
      </Link>
    );
  return (
    <Link
      to="/projects/$project/runs/$run"
      params={{ project, run: String(run.run.number) }}
      search={run.kind === "step" ? { step: run.name.replace(/, attempt \d+$/, "") } : {}}
      className={`link ${className}`}
      title={title}
    >
      {children}
    </Link>
  );
}
