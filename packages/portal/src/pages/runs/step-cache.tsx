import type { Run, RunStep } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import classes from "./step-panel.module.css";

/** Where a result was taken from, or why it had to be made. */
export function StepCache({ run, step }: { run: Run; step: RunStep }) {
  if (step.cached)
    return (
      <div className={classes.cache}>
        Taken from the cache: the same code, inputs, params and environment ran in{" "}
        <Link
          to="/projects/$project/runs/$run"
          params={{ project: run.project, run: String(step.cached.run) }}
          search={{ step: step.name }}
          style={{ textDecoration: "underline" }}
        >
          run {step.cached.run}
        </Link>
        .
      </div>
    );
  if (!step.cacheMiss) return null;
  return (
    <div className={classes.cache}>
      <b>Why not cached:</b> {step.cacheMiss}
    </div>
  );
}
