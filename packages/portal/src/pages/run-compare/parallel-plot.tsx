import type { ComparedRun } from "@pave/contract";
import { useRef, useState } from "react";
import { useElementWidth } from "../../lib/use-element-width.ts";
import { axisMarks } from "./axis-marks.ts";
import { colorAt } from "./color-key.tsx";
import classes from "./compare.module.css";
import type { Brushes } from "./compare-search.ts";
import { type Axis, fieldValue, placeOn } from "./run-fields.ts";

const margin = { top: 30, right: 70, bottom: 30, left: 50 };
const height = 380;
/** Where a run has no value: below the axis, so that its line is still seen. */
const belowAxis = height - margin.bottom + 18;
const click = 4;

interface ParallelProps {
  readonly runs: readonly ComparedRun[];
  /** Keys of those that pass all brushes. */
  readonly kept: ReadonlySet<string>;
  readonly axes: readonly Axis[];
  readonly color: Axis | null;
  readonly brushes: Brushes;
  readonly highlighted: string | null;
  readonly onHighlight: (key: string | null) => void;
  readonly onBrush: (brushes: Brushes) => void;
}

export function ParallelPlot(props: ParallelProps) {
  const { runs, kept, axes, color, brushes, highlighted, onHighlight } = props;
  const [host, width] = useElementWidth<HTMLDivElement>();
  const least = margin.left + margin.right + (axes.length - 1) * 96;
  const full = Math.max(width, least);
  const x = (index: number) => margin.left + (index / (axes.length - 1)) * (full - margin.left - margin.right);
  const y = (place: number | null) =>
    place === null ? belowAxis : height - margin.bottom - place * (height - margin.top - margin.bottom);
  const path = (run: ComparedRun) =>
    axes
      .map(
        (axis, index) =>
          `${index === 0 ? "M" : "L"}${x(index).toFixed(1)} ${y(placeOn(axis, fieldValue(run, axis.id))).toFixed(1)}`,
      )
      .join("");
  const lines = [...runs].sort((a, b) => rank(a) - rank(b));
  function rank(run: ComparedRun): number {
    return run.key === highlighted ? 2 : kept.has(run.key) ? 1 : 0;
  }
  return (
    <div ref={host} className={classes.plot}>
      {width > 0 ? (
        <svg
          width={full}
          height={height}
          role="img"
          aria-label={`Parallel coordinates of ${runs.length} runs over ${axes.map(({ label }) => label).join(", ")}`}
        >
          {lines.map((run) => {
            const isKept = kept.has(run.key);
            const isFaded = highlighted !== null && highlighted !== run.key;
            return (
              <path
                key={run.key}
                className={classes.run}
                d={path(run)}
                data-kept={isKept || undefined}
                style={{
                  stroke: isKept ? colorAt(color && placeOn(color, fieldValue(run, color.id))) : "var(--line-strong)",
                }}
                strokeWidth={highlighted === run.key ? 3 : 1.5}
                opacity={isKept ? (isFaded ? 0.2 : 0.85) : 0.35}
                onPointerEnter={() => onHighlight(run.key)}
                onPointerLeave={() => onHighlight(null)}
              >
                <title>{run.name}</title>
              </path>
            );
          })}
          {axes.map((axis, index) => (
            <ParallelAxis key={axis.id} axis={axis} x={x(index)} brushes={brushes} onBrush={props.onBrush} />
          ))}
        </svg>
      ) : null}
    </div>
  );
}

/** An axis with its marks; dragging along it brushes, a click takes that back. */
function ParallelAxis({
  axis,
  x,
  brushes,
  onBrush,
}: { axis: Axis; x: number } & Pick<ParallelProps, "brushes" | "onBrush">) {
  const from = useRef<number | null>(null);
  const [drawn, setDrawn] = useState<readonly [number, number] | null>(null);
  const [top, bottom] = [margin.top, height - margin.bottom];
  const brush = drawn ?? brushes.get(axis.id);
  const y = (place: number) => bottom - place * (bottom - top);
  const placeOf = (event: React.PointerEvent<SVGRectElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, 1 - (event.clientY - box.top) / box.height));
  };
  const setBrush = (next: readonly [number, number] | null) => {
    const changed = new Map(brushes);
    changed.delete(axis.id);
    if (next) changed.set(axis.id, next);
    onBrush(changed);
  };
  return (
    <g>
      <text className={classes.axisName} x={x} y={16} textAnchor="middle">
        {short(axis.label, 16)}
        <title>{axis.type === "number" && axis.isLog ? `${axis.label}, by powers of ten` : axis.label}</title>
      </text>
      <line className={classes.axisLine} x1={x} x2={x} y1={top} y2={bottom} />
      {axisMarks(axis).map(({ place, text }) => (
        <text key={text} className={classes.axisMark} x={x + 7} y={y(place) + 3.5}>
          {short(text, 14)}
        </text>
      ))}
      {brush ? (
        <rect
          className={classes.brush}
          x={x - 7}
          width={14}
          y={y(brush[1])}
          height={Math.max(2, y(brush[0]) - y(brush[1]))}
        />
      ) : null}
      <rect
        className={classes.brushArea}
        data-axis={axis.id}
        x={x - 12}
        width={24}
        y={top}
        height={bottom - top}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          from.current = placeOf(event);
        }}
        onPointerMove={(event) => {
          if (from.current === null) return;
          const to = placeOf(event);
          setDrawn([Math.min(from.current, to), Math.max(from.current, to)]);
        }}
        onPointerUp={() => {
          const isClick = drawn === null || (drawn[1] - drawn[0]) * (bottom - top) < click;
          if (isClick) {
            if (brushes.has(axis.id)) setBrush(null);
          } else setBrush(drawn);
          from.current = null;
          setDrawn(null);
        }}
        onPointerCancel={() => {
          from.current = null;
          setDrawn(null);
        }}
      />
    </g>
  );
}

const short = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
