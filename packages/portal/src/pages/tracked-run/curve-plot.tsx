import { metric } from "../../lib/format.ts";
import { type CurvePoint, smoothPoints } from "../../lib/smooth-points.ts";
import { pathOf, XyPlot } from "../../ui/xy-plot.tsx";
import { xText } from "./curve-points.ts";
import classes from "./tracked-run.module.css";
import type { TrackedSearch } from "./tracked-search.ts";

/** A metric as a line; smoothed, what was logged stays behind it. */
export function CurvePlot({
  title,
  points,
  caption,
  search,
  height,
}: {
  title: string;
  points: readonly CurvePoint[];
  /** What is said below it while nothing is pointed at. */
  caption: string;
  search: TrackedSearch;
  height: number;
}) {
  const { smooth = 0, log = false } = search;
  if (points.length === 0)
    return (
      <span className={classes.empty} style={{ height: height + 36 }}>
        {log ? "Nothing above zero: a log axis has no place for it." : "No numbers"}
      </span>
    );
  const scaled = points.map(({ x, y }) => ({ x, y: log ? Math.log10(y) : y }));
  const smoothed = smoothPoints(scaled, smooth);
  const [xs, ys] = [scaled.map(({ x }) => x), scaled.map(({ y }) => y)];
  const plain = (value: number) => (log ? 10 ** value : value);
  return (
    <XyPlot
      title={`${title} over ${search.x === "time" ? "time" : "steps"}`}
      xLabel={search.x === "time" ? "time" : "step"}
      yLabel=""
      xDomain={[Math.min(...xs), Math.max(...xs)]}
      yDomain={padded(Math.min(...ys), Math.max(...ys))}
      xFormat={(value) => xText(search, value)}
      yFormat={(value) => tick(plain(value))}
      legend={[{ label: caption, color: "--series-1" }]}
      height={height}
      readout={(x) => {
        const at = nearest(scaled, x);
        const value = scaled[at];
        if (!value) return "";
        const soft = smooth > 0 ? `, smoothed ${metric(plain(smoothed[at]?.y ?? value.y))}` : "";
        return `${xText(search, value.x)}: ${metric(plain(value.y))}${soft}`;
      }}
    >
      {(frame) => (
        <>
          {smooth > 0 ? <path className={classes.raw} d={pathOf(frame, pairs(scaled))} /> : null}
          <path className={classes.line} d={pathOf(frame, pairs(smoothed))} />
        </>
      )}
    </XyPlot>
  );
}

const pairs = (points: readonly CurvePoint[]) => points.map(({ x, y }) => [x, y] as const);

/** A curve that is flat still has room above and below. */
function padded(low: number, high: number): readonly [number, number] {
  const room = high > low ? (high - low) * 0.06 : Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
}

/** Short enough for the edge of a chart. */
const tick = (value: number): string =>
  value !== 0 && (Math.abs(value) < 0.001 || Math.abs(value) >= 1e6)
    ? value.toExponential(0)
    : String(Number(value.toPrecision(3)));

function nearest(points: readonly CurvePoint[], x: number): number {
  let best = 0;
  for (const [index, point] of points.entries())
    if (Math.abs(point.x - x) < Math.abs((points[best]?.x ?? 0) - x)) best = index;
  return best;
}
