import UPlot from "uplot";
import { type ChartMark, drawMarks } from "./time-chart-marks.ts";

export interface TimeSeries {
  readonly label: string;
  /** Name of a CSS variable that holds its colour. */
  readonly color: string;
  readonly values: readonly (number | null)[];
  readonly dashed?: boolean;
  readonly filled?: boolean;
}

interface OptionsInput {
  readonly series: readonly TimeSeries[];
  readonly format: (value: number) => string;
  readonly bars: boolean;
  readonly atLeast: number;
  readonly width: number;
  readonly height: number;
  readonly marks: () => readonly ChartMark[];
  readonly onIndex: (index: number | null) => void;
}

/** Half of the last label of the time axis stands right of the axis' end. */
const rightPadding = 22;
/** Where so few windows have a value, each gets a point; a gap as narrow as this is bridged by the line. */
const fewPoints = 40;
const bridgedPixels = 36;

export function chartOptions(input: OptionsInput): UPlot.Options {
  const { width, height, series, format, atLeast, marks, onIndex } = input;
  const styles = getComputedStyle(document.documentElement);
  const color = (name: string) => styles.getPropertyValue(name).trim();
  const font = "11px Inter, ui-sans-serif, system-ui, sans-serif";
  const axis: UPlot.Axis = {
    stroke: color("--ink-soft"),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
    font,
  };
  return {
    width,
    height,
    padding: [18, rightPadding, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
    scales: { y: { range: (_chart, _low, high) => [0, Math.max(high * 1.1, atLeast) || 1] } },
    axes: [
      { ...axis, size: 26, space: 52, values: (_chart, splits) => timeLabels(splits) },
      { ...axis, size: 58, space: 34, values: (_chart, splits) => splits.map(format) },
    ],
    series: [{}, ...series.map((one) => seriesOptions(one, input, color))],
    hooks: {
      setCursor: [(chart) => onIndex(chart.cursor.idx ?? null)],
      draw: [
        (chart) => drawMarks(chart, marks(), { ink: color("--ink-soft"), surface: color("--surface-card"), font }),
      ],
    },
  };
}

function seriesOptions(
  one: OptionsInput["series"][number],
  { bars }: OptionsInput,
  color: (name: string) => string,
): UPlot.Series {
  const stroke = color(one.color);
  const common = { label: one.label, stroke, width: 1.6 };
  const paths = UPlot.paths.bars?.({ size: [0.8, 16, 1], align: 1 });
  if (bars && paths) return { ...common, width: 0, fill: `${stroke}cc`, paths, points: { show: false } };
  return {
    ...common,
    points: { size: 5, fill: stroke, filter: shownPoints },
    gaps: (_chart, _series, _from, _to, gaps) =>
      gaps.filter(([start, end]) => end - start > bridgedPixels * devicePixelRatio),
    ...(one.dashed ? { dash: [4, 3] } : {}),
    ...(one.filled ? { fill: `${stroke}26` } : {}),
  };
}

/** All points where there are few, but for a line along zero; otherwise those between two gaps, which have no line. */
const shownPoints: NonNullable<UPlot.Series.Points["filter"]> = (chart, seriesIndex) => {
  const values = chart.data[seriesIndex] ?? [];
  const isGap = (value: number | null | undefined) => value === null || value === undefined;
  const known = [...values.keys()].filter((at) => !isGap(values[at]));
  const isLone = (at: number) => isGap(values[at - 1]) && isGap(values[at + 1]);
  return known.filter((at) => isLone(at) || (known.length <= fewPoints && values[at] !== 0));
};

function timeLabels(splits: readonly number[]): string[] {
  const [first = 0, second = Number.POSITIVE_INFINITY] = splits;
  const span = (splits.at(-1) ?? 0) - first;
  const time = { hour: "2-digit", minute: "2-digit" } as const;
  const options: Intl.DateTimeFormatOptions =
    span > 2 * 86_400
      ? { day: "numeric", month: "short" }
      : { ...time, ...(second - first < 60 ? { second: "2-digit" } : {}) };
  return splits.map((seconds) => new Date(seconds * 1000).toLocaleString("en-GB", options));
}
