import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import UPlot from "uplot";
import { useElementWidth } from "../lib/use-element-width.ts";
import classes from "./time-chart.module.css";
import type { ChartMark } from "./time-chart-marks.ts";
import { chartOptions, type TimeSeries } from "./time-chart-options.ts";

export interface TimeChartProps {
  readonly title: string;
  /** Seconds since 1970, ascending; one per value of each series. */
  readonly times: readonly number[];
  readonly series: readonly TimeSeries[];
  readonly markers?: readonly ChartMark[];
  /** A bar for each window instead of a line through them: for amounts. */
  readonly bars?: boolean;
  /** The value axis reaches at least this far, so that next to nothing looks like it. */
  readonly atLeast?: number;
  readonly format: (value: number) => string;
  readonly empty: string;
  readonly height?: number;
}

/** Lines over time with a legend that shows the values under the pointer, and lines where something changed. */
export function TimeChart(props: TimeChartProps) {
  const { title, times, series, markers = [], format, bars = false, atLeast = 0, empty, height = 190 } = props;
  const [host, width] = useElementWidth<HTMLDivElement>();
  const scheme = useComputedColorScheme("light");
  const [index, setIndex] = useState<number | null>(null);
  const chart = useRef<UPlot | null>(null);
  const marks = useRef(markers);
  marks.current = markers;
  const shape = series.map(({ label, color, dashed, filled }) => [label, color, dashed, filled].join("|")).join("\n");
  const hasValues = series.some(({ values }) => values.some((value) => value !== null));

  // biome-ignore lint/correctness/useExhaustiveDependencies: made again for another shape or colours; values only move in
  useEffect(() => {
    if (!host.current || width === 0) return undefined;
    const options = chartOptions({
      width,
      height,
      series,
      format,
      bars,
      atLeast,
      marks: () => marks.current,
      onIndex: setIndex,
    });
    const made = new UPlot(options, dataOf(times, series), host.current);
    chart.current = made;
    return () => {
      chart.current = null;
      made.destroy();
    };
  }, [shape, scheme, width > 0, height]);
  useEffect(() => {
    chart.current?.setData(dataOf(times, series));
  }, [times, series]);
  useEffect(() => {
    if (width > 0) chart.current?.setSize({ width, height });
  }, [width, height]);

  return (
    <figure className={classes.figure} aria-label={title}>
      <figcaption className={classes.legend}>
        {series.map((one) => (
          <span key={one.label} className={classes.key}>
            <i className={classes.swatch} style={{ background: `var(${one.color})` }} data-dashed={one.dashed} />
            {one.label}
            <b className={classes.value}>{legendValue(one.values, index, format)}</b>
          </span>
        ))}
        <span className={classes.at}>{index === null ? "" : placeText(times, index, markers)}</span>
      </figcaption>
      <div ref={host} className={classes.host} style={{ height }}>
        {hasValues ? null : <div className={classes.empty}>{empty}</div>}
      </div>
    </figure>
  );
}

const dataOf = (times: readonly number[], series: readonly TimeSeries[]): UPlot.AlignedData => [
  [...times],
  ...series.map(({ values }) => [...values]),
];

function legendValue(values: readonly (number | null)[], index: number | null, format: (value: number) => string) {
  const value = index === null ? values.findLast((one) => one !== null) : values[index];
  return value === null || value === undefined ? "–" : format(value);
}

const clock = (seconds: number | undefined): string =>
  seconds === undefined
    ? ""
    : new Date(seconds * 1000).toLocaleString("en-GB", { weekday: "short", hour: "2-digit", minute: "2-digit" });

/** The time under the pointer, and what changed in that window. */
function placeText(times: readonly number[], index: number, markers: readonly ChartMark[]): string {
  const [from = 0, to = Number.POSITIVE_INFINITY] = [times[index], times[index + 1]];
  const changed = markers.filter(({ at }) => at >= from && at < to).map(({ text }) => text);
  return [...changed, clock(times[index])].join(", ");
}
