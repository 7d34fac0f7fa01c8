import type { ComparedRun } from "@pave/contract";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { metric, signed } from "../../lib/format.ts";
import { metricTitle } from "../../lib/group-metrics.ts";
import { directionOf } from "../../lib/metric-direction.ts";
import layout from "../../ui/layout.module.css";
import { bestOf } from "./best-of.ts";
import classes from "./compare.module.css";
import type { CompareRow } from "./compare-table.tsx";
import { metricNames } from "./rows.ts";

export interface MetricRow extends CompareRow {
  /** Not all of the runs have the same. */
  readonly varies: boolean;
}

/** Each metric with the best marked, which way is better, and the distance from the first run. */
export const metricRows = (runs: readonly ComparedRun[]): MetricRow[] =>
  metricNames(runs).map((name): MetricRow => {
    const best = bestOf(
      name,
      runs.map(({ metrics }) => metrics[name]),
    );
    const first = runs[0]?.metrics[name];
    return {
      name,
      title: <MetricTitle name={name} />,
      varies: new Set(runs.map(({ metrics }) => metrics[name])).size > 1,
      cell: ({ metrics }, index) => {
        const value = metrics[name];
        if (value === undefined) return <span className={layout.soft}>–</span>;
        if (value === null) return <span className={layout.soft}>no number</span>;
        return (
          <>
            <span className={value === best ? classes.best : undefined}>
              {metric(value)}
              {value === best ? " ✓" : ""}
            </span>
            {index > 0 && typeof first === "number" ? (
              <span className={classes.delta} title="against the first run">
                {signed(value - first)}
              </span>
            ) : null}
          </>
        );
      },
    };
  });

function MetricTitle({ name }: { name: string }) {
  const direction = directionOf(name);
  if (direction === "neither") return <>{metricTitle(name)}</>;
  const Arrow = direction === "higher" ? IconArrowUp : IconArrowDown;
  return (
    <>
      {metricTitle(name)}
      <Arrow size={12} className={classes.way} aria-label={`${direction} is better`} />
    </>
  );
}
