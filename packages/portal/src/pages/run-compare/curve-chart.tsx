import { Skeleton } from "@mantine/core";
import type { ComparedRun, Curves } from "@pave/contract";
import { metric, spaced } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { ErrorState } from "../../ui/query-view.tsx";
import { pathOf, XyPlot } from "../../ui/xy-plot.tsx";
import classes from "./compare.module.css";
import { seriesColor } from "./compare-table.tsx";
import { useCurvesQuery } from "./use-compare-query.ts";

/** A metric over the steps of training, one line for each run. */
export function CurveChart(props: {
  readonly project: string;
  readonly ids: string;
  readonly name: string;
  readonly runs: readonly ComparedRun[];
}) {
  const { project, ids, name, runs } = props;
  const query = useCurvesQuery(project, ids, name);
  return (
    <Card title={spaced(name)}>
      {query.data ? (
        <Plot name={name} curves={query.data} runs={runs} />
      ) : query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton height={262} aria-label="loading" />
      )}
    </Card>
  );
}

function Plot({ name, curves, runs }: { name: string; curves: Curves; runs: readonly ComparedRun[] }) {
  const lines = curves.runs.map(({ key, points }, index) => ({
    key,
    label: runs[index]?.name ?? key,
    color: seriesColor(index),
    points: points.flatMap(({ step, value }) => (value === null ? [] : [[step, value] as const])),
  }));
  const all = lines.flatMap(({ points }) => points);
  const xs = all.map(([x]) => x);
  const ys = all.map(([, y]) => y);
  if (all.length === 0) return <>No points</>;
  return (
    <XyPlot
      title={`${spaced(name)} over steps`}
      xLabel="step"
      yLabel={spaced(name)}
      xDomain={[Math.min(...xs), Math.max(...xs)]}
      yDomain={padded(Math.min(...ys), Math.max(...ys))}
      xFormat={(value) => String(value)}
      yFormat={metric}
      legend={lines.map(({ label, color }) => ({ label, color }))}
      readout={(x) => readout(lines, x)}
    >
      {(frame) =>
        lines.map(({ key, color, points }) => (
          <path key={key} className={classes.line} d={pathOf(frame, points)} style={{ stroke: `var(${color})` }} />
        ))
      }
    </XyPlot>
  );
}

/** A curve that is flat still has room above and below. */
function padded(low: number, high: number): readonly [number, number] {
  const room = high > low ? (high - low) * 0.06 : Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
}

interface Line {
  readonly label: string;
  readonly points: readonly (readonly [number, number])[];
}

function readout(lines: readonly Line[], x: number): string {
  const nearest = (points: Line["points"]) =>
    points.reduce<readonly [number, number] | undefined>(
      (best, point) => (best === undefined || Math.abs(point[0] - x) < Math.abs(best[0] - x) ? point : best),
      undefined,
    );
  const found = lines.flatMap(({ label, points }) => {
    const point = nearest(points);
    return point ? [`${label} ${metric(point[1])}`] : [];
  });
  return `step ${Math.round(x)}: ${found.join(", ")}`;
}
