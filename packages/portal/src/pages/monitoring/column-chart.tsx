import type { MonitoredColumn } from "@pave/contract";
import { count, percent } from "../../lib/format.ts";
import { DriftBadge } from "./drift-badge.tsx";
import classes from "./monitoring.module.css";

/** One column: its reference and the traffic over the same cells, how far they are apart, and how far chance alone goes. */
export function ColumnChart({ column }: { column: MonitoredColumn }) {
  const { cells, effect, chance, means, missing, reason, rows, status } = column;
  const isCompared = effect !== null && chance !== null;
  return (
    <article className={classes.column} aria-label={column.column}>
      <div className={classes.head}>
        <span className={classes.name} title={column.column}>
          {column.column}
        </span>
        <DriftBadge status={status} />
      </div>
      {cells.length > 0 ? <Bars column={column} /> : null}
      <p className={classes.numbers}>
        {isCompared ? `effect ${effect.toFixed(3)}, by chance below ${chance.toFixed(3)}` : "not compared"}
        {means.reference === null || means.traffic === null
          ? ""
          : ` · mean ${short(means.reference)} → ${short(means.traffic)}`}
        {missing.traffic ? ` · ${percent(missing.traffic)} missing (${percent(missing.reference ?? 0)} before)` : ""}
        {` · ${count(rows)} rows`}
      </p>
      <p className={classes.soft} style={{ margin: "2px 0 0" }}>
        {reason}
      </p>
    </article>
  );
}

const [width, height] = [280, 84];

function Bars({ column: { cells, column, rest } }: { column: MonitoredColumn }) {
  const most = Math.max(0.01, ...cells.flatMap(({ reference, traffic }) => [reference, traffic]));
  const step = width / cells.length;
  const bar = Math.max(1, step * 0.42);
  const rise = (share: number) => (share / most) * (height - 4);
  return (
    <>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        className={classes.chart}
        role="img"
        aria-label={`${column}: shares of the reference and of traffic by cell`}
      >
        {cells.map(({ label, reference, traffic }, index) => (
          <g key={label}>
            <title>{`${label}: reference ${percent(reference)}, traffic ${percent(traffic)}`}</title>
            <rect x={index * step} width={step} y={0} height={height} fill="transparent" />
            <rect
              className={classes.reference}
              x={index * step + step * 0.06}
              width={bar}
              y={height - rise(reference)}
              height={rise(reference)}
            />
            <rect
              className={classes.traffic}
              x={index * step + step * 0.06 + bar}
              width={bar}
              y={height - rise(traffic)}
              height={rise(traffic)}
            />
          </g>
        ))}
        <line className={classes.axis} x1={0} x2={width} y1={height} y2={height} />
      </svg>
      <div className={classes.ends}>
        <span>{cells[0]?.label}</span>
        <span>
          {rest
            ? `${count(rest.categories)} others: ${percent(rest.reference, 0)} → ${percent(rest.traffic, 0)}`
            : cells.length > 1
              ? cells.at(-1)?.label
              : ""}
        </span>
      </div>
    </>
  );
}

const short = (value: number): string =>
  new Intl.NumberFormat("en", { maximumSignificantDigits: 3, notation: "compact" }).format(value);
