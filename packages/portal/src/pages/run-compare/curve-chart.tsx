import { Skeleton } from "@mantine/core";
import type { ComparedRun, Curves } from "@pave/contract";
import { useMemo } from "react";
import { type CurveLine, type CurveX, curveLine, nearestIndex, numbersOf } from "../../lib/curve-lines.ts";
import { duration, exactTime, metric } from "../../lib/format.ts";
import { metricTitle } from "../../lib/group-metrics.ts";
import { domainOf } from "../../lib/scale.ts";
import { AsTable } from "../../ui/as-table.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState, ErrorState } from "../../ui/query-view.tsx";
import { pathOf, XyPlot } from "../../ui/xy-plot.tsx";
import classes from "./compare.module.css";
import { RunSwatch, seriesColor, seriesDash } from "./run-swatch.tsx";
import { useCurvesQuery } from "./use-compare-query.ts";

interface CurveOptions {
  readonly x: CurveX;
  readonly weight: number;
  readonly isXLog: boolean;
  readonly isYLog: boolean;
}

/** A metric as it went in training, one line for each run. */
export function CurveChart(props: {
  readonly project: string;
  readonly name: string;
  readonly runs: readonly ComparedRun[];
  readonly options: CurveOptions;
  readonly highlighted: string | null;
}) {
  const { project, name, runs } = props;
  const isLive = runs.some(({ state }) => state === "running");
  const query = useCurvesQuery(project, runs.map(({ key }) => key).join(","), name, isLive);
  return (
    <Card title={metricTitle(name)}>
      {query.data ? (
        <Plot {...props} curves={query.data} />
      ) : query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton height={262} aria-label="loading" />
      )}
    </Card>
  );
}

interface NamedLine extends CurveLine {
  readonly key: string;
  readonly label: string;
  readonly index: number;
}

function Plot(props: {
  readonly name: string;
  readonly curves: Curves;
  readonly runs: readonly ComparedRun[];
  readonly options: CurveOptions;
  readonly highlighted: string | null;
}) {
  const { name, curves, runs, highlighted } = props;
  const { x, weight, isXLog, isYLog } = props.options;
  const lines = useMemo(
    () =>
      curves.runs.map(
        ({ key, points }, index): NamedLine => ({
          key,
          index,
          label: runs[index]?.name ?? key,
          ...curveLine(points, { x, weight, isXLog, isYLog }),
        }),
      ),
    [curves, runs, x, weight, isXLog, isYLog],
  );
  const all = lines.flatMap(({ raw, smoothed }) => [...raw, ...smoothed]);
  const yDomain = domainOf(numbersOf(all), isYLog);
  const xDomain = exactDomain(all.map(([at]) => at));
  if (yDomain === null || xDomain === null)
    return (
      <EmptyState
        title="Nothing to draw"
        detail={
          isXLog || isYLog
            ? "On an axis by powers of ten only what is above zero has a place."
            : "None of these runs has logged a number here."
        }
      />
    );
  const isFaded = (key: string) => highlighted !== null && highlighted !== key;
  return (
    <>
      <XyPlot
        title={`${metricTitle(name)} over ${xWords[x].over}`}
        xLabel={xWords[x].label}
        // the card says it
        yLabel=""
        xDomain={xDomain}
        yDomain={yDomain}
        xFormat={(value) => xText(x, value)}
        yFormat={shortMetric}
        isXLog={isXLog}
        isYLog={isYLog}
        legend={[]}
        isFloating
        readout={(at) => <Readout x={x} at={at} lines={lines} />}
      >
        {(frame) =>
          lines.map(({ key, index, raw, smoothed }) => {
            const look = { stroke: `var(${seriesColor(index)})` };
            return (
              <g key={key} data-run={key} opacity={isFaded(key) ? 0.15 : 1}>
                {weight > 0 ? (
                  <path className={classes.line} d={pathOf(frame, raw)} style={look} opacity={0.22} />
                ) : null}
                <path
                  className={classes.line}
                  d={pathOf(frame, smoothed)}
                  style={{ ...look, strokeWidth: highlighted === key ? 2.6 : undefined }}
                  strokeDasharray={seriesDash(index)}
                />
              </g>
            );
          })
        }
      </XyPlot>
      <AsTable
        caption={`${metricTitle(name)} of each run`}
        head={["Run", "first", "least", "greatest", "last"]}
        rows={lines.map(({ key, label, raw }) => ({ key, cells: [label, ...figuresOf(numbersOf(raw))] }))}
      />
    </>
  );
}

function Readout({ x, at, lines }: { x: CurveX; at: number; lines: readonly NamedLine[] }) {
  const near = lines.flatMap((line) => {
    const point = line.smoothed[nearestIndex(line.smoothed, at)];
    return point ? [{ ...line, value: point[1] }] : [];
  });
  return (
    <>
      <b>{xWords[x].at(at)}</b>
      {near
        .sort((a, b) => (b.value ?? Number.NEGATIVE_INFINITY) - (a.value ?? Number.NEGATIVE_INFINITY))
        .map(({ key, label, index, value }) => (
          <span key={key} className={classes.near}>
            <RunSwatch index={index} /> <span className={classes.nearName}>{label}</span>{" "}
            <b>{value === null ? "–" : metric(value)}</b>
          </span>
        ))}
    </>
  );
}

const xWords: Readonly<Record<CurveX, { label: string; over: string; at: (value: number) => string }>> = {
  step: { label: "step", over: "steps", at: (value) => `step ${Math.round(value)}` },
  relative: { label: "since the run's first point", over: "relative time", at: (value) => `after ${duration(value)}` },
  time: { label: "time", over: "time", at: (value) => exactTime(new Date(value).toISOString()) },
};

function xText(x: CurveX, value: number): string {
  if (x === "step") return value >= 10_000 ? `${Number((value / 1000).toPrecision(3))}k` : String(value);
  if (x === "relative") return duration(Number(value.toPrecision(3)));
  return new Date(value).toLocaleString("en-GB", {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
}

const shortMetric = (value: number): string =>
  value !== 0 && (Math.abs(value) < 0.001 || Math.abs(value) >= 100_000)
    ? value.toExponential(0)
    : String(Number(value.toPrecision(4)));

function exactDomain(values: readonly number[]): readonly [number, number] | null {
  if (values.length === 0) return null;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low < high ? [low, high] : [low, low + 1];
}

function figuresOf(values: readonly number[]): string[] {
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined) return ["–", "–", "–", "–"];
  const least = values.reduce((a, b) => Math.min(a, b), first);
  const greatest = values.reduce((a, b) => Math.max(a, b), first);
  return [first, least, greatest, last].map(metric);
}
