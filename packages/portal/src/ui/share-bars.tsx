import { percent } from "../lib/format.ts";
import classes from "./share-bars.module.css";

export interface ShareBar {
  readonly label: string;
  /** One for each series. */
  readonly shares: readonly number[];
}

export interface ShareSeries {
  readonly name: string;
  /** Stands behind the others. */
  readonly isSoft?: boolean;
}

const [width, height] = [280, 84];

/** A small chart of shares that together are all: a bar a place for each series, the places at the ends named. */
export function ShareBars({
  label,
  bars,
  series,
  end,
}: {
  label: string;
  bars: readonly ShareBar[];
  series: readonly ShareSeries[];
  /** Right end of the axis, where that is not the last place's name. */
  end?: string | undefined;
}) {
  const most = Math.max(0.01, ...bars.flatMap(({ shares }) => shares));
  const step = width / bars.length;
  const inset = step * 0.06;
  // a single value is no wall: it is as wide as one of five
  const bar = Math.max(1, Math.min(width / 5, (step - 2 * inset) / series.length));
  const rise = (share: number) => (share / most) * (height - 4);
  return (
    <>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        className={classes.chart}
        role="img"
        aria-label={label}
      >
        {bars.map(({ label, shares }, index) => {
          const x = index * step;
          return (
            <g key={x}>
              <title>{`${label}: ${series.map(({ name }, side) => `${name} ${percent(shares[side] ?? 0)}`.trim()).join(", ")}`}</title>
              <rect x={x} width={step} y={0} height={height} fill="transparent" />
              {series.map(({ name, isSoft }, side) => (
                <rect
                  key={name}
                  className={classes.bar}
                  data-soft={isSoft || undefined}
                  x={x + inset + side * bar}
                  width={bar}
                  y={height - rise(shares[side] ?? 0)}
                  height={rise(shares[side] ?? 0)}
                />
              ))}
            </g>
          );
        })}
        <line className={classes.axis} x1={0} x2={width} y1={height} y2={height} />
      </svg>
      <div className={classes.ends}>
        <span>{bars[0]?.label}</span>
        <span>{end ?? (bars.length > 1 ? bars.at(-1)?.label : "")}</span>
      </div>
    </>
  );
}
