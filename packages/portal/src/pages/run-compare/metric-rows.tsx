import type { ComparedRun } from "@pave/contract";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { metric, signed, spaced } from "../../lib/format.ts";
import { directionOf } from "../../lib/metric-direction.ts";
import layout from "../../ui/layout.module.css";
import { bestOf } from "../run-list/choose-columns.ts";
import classes from "./compare.module.css";
import type { CompareRow } from "./compare-table.tsx";
import { metricNames } from "./rows.ts";

/** Each metric with the best marked, which way is better, and the distance from the first run. */
export const metricRows = (runs: readonly ComparedRun[]): CompareRow[] =>
  metricNames(runs).map((name): CompareRow => {
    const best = bestOf(
      name,
      runs.map(({ metrics }) => metrics[name]),
    );
    const first = runs[0]?.metrics[name];
    return {
      name,
      title: <MetricTitle name={name} />,
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
  if (direction === "neither") return <>{spaced(name)}</>;
  const Arrow = direction === "higher" ? IconArrowUp : IconArrowDown;
  return (
    <>
      {spaced(name)}
      <Arrow size={12} className={classes.way} aria-label={`${direction} is better`} />
    </>
  );
}
