import type { Truth, TruthWindow } from "@pave/contract";
import { count, metric, percent } from "../../lib/format.ts";
import { pathOf, type XyFrame, XyPlot } from "../../ui/xy-plot.tsx";
import classes from "./truth.module.css";
import { windowText } from "./window-text.ts";

/** Windows stand side by side, whatever lies between them: outcomes may belong to years ago. */
export function TruthChart({ truth }: { truth: Truth }) {
  const { windows, kind } = truth;
  const value = kind === "binary" ? (share: number) => percent(share, 0) : metric;
  const exact = kind === "binary" ? (share: number) => percent(share) : metric;
  const at = (x: number) => windows[Math.round(x)];
  return (
    <XyPlot
      title="Predicted and actual"
      xLabel={truth.by}
      yLabel={kind === "binary" ? "share" : "mean"}
      xDomain={[-0.5, windows.length - 0.5]}
      yDomain={domainOf(windows, kind)}
      xFormat={(x) => (Number.isInteger(x) && at(x) ? windowText(truth.by, at(x)?.start ?? "") : "")}
      yFormat={value}
      height={260}
      legend={[
        { label: "actual", color: "--series-2" },
        { label: "predicted", color: "--series-1" },
      ]}
      readout={(x) => readoutOf(truth, at(x), exact)}
    >
      {(frame) => (
        <>
          <Markers truth={truth} frame={frame} />
          <path className={classes.band} d={bandOf(frame, windows)} />
          <path className={classes.predicted} d={lineOf(frame, windows, "predicted")} />
          <path className={classes.actual} d={lineOf(frame, windows, "actual")} />
          {windows.map(({ start, actual, predicted }, index) => (
            <g key={start}>
              {actual ? (
                <line
                  className={classes.whisker}
                  x1={frame.x(index)}
                  x2={frame.x(index)}
                  y1={frame.y(actual.low)}
                  y2={frame.y(actual.high)}
                />
              ) : null}
              {predicted ? (
                <circle className={classes.predictedDot} cx={frame.x(index)} cy={frame.y(predicted.value)} r={3} />
              ) : null}
              {actual ? (
                <circle className={classes.actualDot} cx={frame.x(index)} cy={frame.y(actual.value)} r={4} />
              ) : null}
            </g>
          ))}
        </>
      )}
    </XyPlot>
  );
}

function Markers({ truth, frame }: { truth: Truth; frame: XyFrame }) {
  return truth.markers.map(({ at, release }) => {
    const index = truth.windows.findIndex(({ start }) => start === at);
    const x = frame.x(index - 0.5);
    return (
      <g key={release}>
        <line className={classes.marker} x1={x} x2={x} y1={8} y2={frame.height - 38} />
        <text className={classes.markerText} x={x + 4} y={17}>
          release {release}
        </text>
      </g>
    );
  });
}

type Series = "actual" | "predicted";

const lineOf = (frame: XyFrame, windows: readonly TruthWindow[], series: Series): string =>
  pathOf(
    frame,
    windows.flatMap((window, index): [number, number][] => (window[series] ? [[index, window[series].value]] : [])),
  );

function bandOf(frame: XyFrame, windows: readonly TruthWindow[]): string {
  const known = windows.flatMap(({ actual }, index) => (actual ? [{ ...actual, index }] : []));
  const upper = known.map(({ index, high }): [number, number] => [index, high]);
  const lower = known.toReversed().map(({ index, low }): [number, number] => [index, low]);
  return known.length < 2 ? "" : `${pathOf(frame, [...upper, ...lower])}Z`;
}

/** Room above and below; a share never leaves 0 to 1. */
function domainOf(windows: readonly TruthWindow[], kind: Truth["kind"]): [number, number] {
  const values = windows.flatMap(({ actual, predicted }) => [
    ...(actual ? [actual.low, actual.high] : []),
    ...(predicted ? [predicted.value] : []),
  ]);
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(0.15 * (high - low), kind === "binary" ? 0.02 : 1e-9);
  return kind === "binary" ? [Math.max(0, low - room), Math.min(1, high + room)] : [low - room, high + room];
}

function readoutOf({ by }: Truth, window: TruthWindow | undefined, exact: (value: number) => string): string {
  if (!window) return "";
  const { actual, predicted, rows, coverage } = window;
  const parts = [
    `${by === "week" ? "Week of " : ""}${windowText(by, window.start, true)}`,
    ...(actual ? [`actual ${exact(actual.value)} (${exact(actual.low)} to ${exact(actual.high)})`] : []),
    ...(predicted ? [`predicted ${exact(predicted.value)}`] : []),
    `${count(rows)} labels`,
    ...(coverage === null ? [] : [`coverage ${percent(coverage, 0)}`]),
  ];
  return parts.join(" · ");
}
