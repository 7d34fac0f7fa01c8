import type { ComparedRun } from "@pave/contract";
import classes from "./compare.module.css";
import { RunSwatch } from "./run-swatch.tsx";

/** Whose line is whose: pointing at a run, or tabbing to it, lets its lines stand out. */
export function RunLegend(props: {
  readonly runs: readonly ComparedRun[];
  readonly highlighted: string | null;
  readonly onHighlight: (key: string | null) => void;
}) {
  const { runs, highlighted, onHighlight } = props;
  return (
    <ul className={classes.legend} aria-label="Runs">
      {runs.map((run, index) => (
        <li key={run.key}>
          <button
            type="button"
            className={classes.legendKey}
            data-faded={(highlighted !== null && highlighted !== run.key) || undefined}
            onPointerEnter={() => onHighlight(run.key)}
            onPointerLeave={() => onHighlight(null)}
            onFocus={() => onHighlight(run.key)}
            onBlur={() => onHighlight(null)}
          >
            <RunSwatch index={index} />
            {run.name}
          </button>
        </li>
      ))}
    </ul>
  );
}
