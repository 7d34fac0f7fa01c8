import { type ReactNode, useState } from "react";
import { linear, logarithmic, logTicksOf, ticksOf } from "../lib/scale.ts";
import { useElementWidth } from "../lib/use-element-width.ts";
import classes from "./xy-plot.module.css";

export interface XyFrame {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly width: number;
  readonly height: number;
}

interface XyPlotProps {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xDomain: readonly [number, number];
  readonly yDomain: readonly [number, number];
  readonly xFormat: (value: number) => string;
  readonly yFormat: (value: number) => string;
  readonly legend: readonly { readonly label: string; readonly color: string }[];
  readonly children: (frame: XyFrame) => ReactNode;
  /** What stands at this place of the x axis, in words. */
  readonly readout: (x: number) => ReactNode;
  readonly height?: number;
  /** By powers of ten; the domain is above zero then. */
  readonly isXLog?: boolean;
  readonly isYLog?: boolean;
  /** What is under the pointer stands beside it, over the page: where it takes many lines, nothing below moves. */
  readonly isFloating?: boolean;
  /** Where the pointer is, in pixels, for what is nearest to it. */
  readonly onPlace?: (place: { readonly x: number; readonly y: number } | null, frame: XyFrame) => void;
}

const margin = { top: 8, right: 20, bottom: 38, left: 48 };

/** The frame of a small chart: axes with names and units, a legend, and what is under the pointer in words. */
export function XyPlot(props: XyPlotProps) {
  const { height = 230, xDomain, yDomain, isXLog = false, isYLog = false } = props;
  const [host, width] = useElementWidth<HTMLDivElement>();
  const [pointer, setPointer] = useState<number | null>(null);
  const right = Math.max(margin.left + 1, width - margin.right);
  const x = (isXLog ? logarithmic : linear)(xDomain, [margin.left, right]);
  const y = (isYLog ? logarithmic : linear)(yDomain, [height - margin.bottom, margin.top]);
  const frame = { x, y, width, height };
  const floats = props.isFloating === true && pointer !== null;
  const onMove = (event: React.PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = event.clientX - box.left;
    const share = (at - margin.left) / (right - margin.left);
    setPointer(share < 0 || share > 1 ? null : valueAt(xDomain, share, isXLog));
    props.onPlace?.({ x: at, y: event.clientY - box.top }, frame);
  };
  return (
    <figure className={classes.figure}>
      <div ref={host} style={{ height }}>
        {width > 0 ? (
          <svg
            width={width}
            height={height}
            role="img"
            aria-label={props.title}
            onPointerMove={onMove}
            onPointerLeave={() => {
              setPointer(null);
              props.onPlace?.(null, frame);
            }}
          >
            {(isYLog ? logTicksOf : ticksOf)(yDomain, 5).map((tick) => (
              <g key={tick}>
                <line className={classes.grid} x1={margin.left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
                <text className={classes.tick} x={margin.left - 6} y={y(tick) + 3.5} textAnchor="end">
                  {props.yFormat(tick)}
                </text>
              </g>
            ))}
            {(isXLog ? logTicksOf : ticksOf)(xDomain, width > 360 ? 5 : 3).map((tick) => (
              <text key={tick} className={classes.tick} x={x(tick)} y={height - margin.bottom + 15} textAnchor="middle">
                {props.xFormat(tick)}
              </text>
            ))}
            <text
              className={classes.axis}
              x={(margin.left + width - margin.right) / 2}
              y={height - 4}
              textAnchor="middle"
            >
              {props.xLabel}
            </text>
            <text
              className={classes.axis}
              transform={`translate(11 ${(height - margin.bottom) / 2}) rotate(-90)`}
              textAnchor="middle"
            >
              {props.yLabel}
            </text>
            {props.children(frame)}
            {pointer === null ? null : (
              <line
                className={classes.pointer}
                x1={x(pointer)}
                x2={x(pointer)}
                y1={margin.top}
                y2={height - margin.bottom}
              />
            )}
          </svg>
        ) : null}
      </div>
      {floats ? (
        <div className={classes.floating} style={besideOf(x(pointer), width)}>
          {props.readout(pointer)}
        </div>
      ) : null}
      <figcaption className={classes.caption} hidden={props.isFloating === true && props.legend.length === 0}>
        {pointer === null || floats
          ? props.legend.map((key) => (
              <span key={key.label} className={classes.key}>
                <i style={{ background: `var(${key.color})` }} />
                {key.label}
              </span>
            ))
          : props.readout(pointer)}
      </figcaption>
    </figure>
  );
}

/** Right of the pointer, or left of it where that has more room. */
const besideOf = (x: number, width: number): React.CSSProperties =>
  x < width / 2 ? { left: x + 14 } : { right: width - x + 14 };

function valueAt([low, high]: readonly [number, number], share: number, isLog: boolean): number {
  return isLog ? low * (high / low) ** share : low + share * (high - low);
}

/** An SVG path through points. Where there is no number it breaks; what stands alone between two breaks is a dash. */
export function pathOf(frame: XyFrame, points: readonly (readonly [number, number | null])[]): string {
  const runs: string[][] = [[]];
  for (const [x, y] of points) {
    if (y === null) runs.push([]);
    else runs.at(-1)?.push(`${frame.x(x).toFixed(1)} ${frame.y(y).toFixed(1)}`);
  }
  return runs.map(([first, ...rest]) => (first === undefined ? "" : subpath(first, rest))).join("");
}

const subpath = (first: string, rest: readonly string[]): string =>
  rest.length === 0 ? `M${first}m-1.5 0h3` : `M${first}${rest.map((place) => `L${place}`).join("")}`;
