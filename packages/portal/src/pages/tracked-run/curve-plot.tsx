import { type CurveLine, nearestIndex, numbersOf } from "../../lib/curve-lines.ts";
import { metric } from "../../lib/format.ts";
import { domainOf } from "../../lib/scale.ts";
import { pathOf, XyPlot } from "../../ui/xy-plot.tsx";
import { xText } from "./curve-points.ts";
import classes from "./tracked-run.module.css";
import type { TrackedSearch } from "./tracked-search.ts";

/** A metric as a line; smoothed, what was logged stays behind it. */
export function CurvePlot({
  title,
  line: { raw, smoothed },
  caption,
  search,
  height,
}: {
  title: string;
  line: CurveLine;
  /** What is said below it while nothing is pointed at. */
  caption: string;
  search: TrackedSearch;
  height: number;
}) {
  const { smooth = 0, log = false } = search;
  const yDomain = domainOf(numbersOf([...raw, ...smoothed]), log);
  if (yDomain === null)
    return (
      <span className={classes.empty} style={{ height: height + 36 }}>
        {log ? "Nothing above zero: a log axis has no place for it." : "No numbers"}
      </span>
    );
  const xs = raw.map(([x]) => x);
  return (
    <XyPlot
      title={`${title} over ${search.x === "time" ? "time" : "steps"}`}
      xLabel={search.x === "time" ? "time" : "step"}
      yLabel=""
      xDomain={[Math.min(...xs), Math.max(...xs)]}
      yDomain={yDomain}
      isYLog={log}
      xFormat={(value) => xText(search, value)}
      yFormat={tick}
      legend={[{ label: caption, color: "--series-1" }]}
      height={height}
      readout={(x) => {
        const at = nearestIndex(raw, x);
        const [place, value] = raw[at] ?? [x, null];
        const soft = smoothed[at]?.[1] ?? null;
        return `${xText(search, place)}: ${value === null ? "no number" : metric(value)}${
          smooth > 0 && soft !== null ? `, smoothed ${metric(soft)}` : ""
        }`;
      }}
    >
      {(frame) => (
        <>
          {smooth > 0 ? <path className={classes.raw} d={pathOf(frame, raw)} /> : null}
          <path className={classes.line} d={pathOf(frame, smoothed)} />
        </>
      )}
    </XyPlot>
  );
}

/** Short enough for the edge of a chart. */
const tick = (value: number): string =>
  value !== 0 && (Math.abs(value) < 0.001 || Math.abs(value) >= 1e6)
    ? value.toExponential(0)
    : String(Number(value.toPrecision(3)));
