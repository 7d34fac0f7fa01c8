import type { MonitoredColumn } from "@pave/contract";
import { compact, count, percent } from "../../lib/format.ts";
import { Multiple } from "../../ui/multiples.tsx";
import { ShareBars } from "../../ui/share-bars.tsx";
import { DriftBadge } from "./drift-badge.tsx";

/** One column: its reference and the traffic over the same cells, how far they are apart, and how far chance alone goes. */
export function ColumnChart({ column }: { column: MonitoredColumn }) {
  const { cells, effect, chance, means, missing, reason, rows, status } = column;
  const isCompared = effect !== null && chance !== null;
  return (
    <Multiple
      name={column.column}
      aside={<DriftBadge status={status} />}
      numbers={
        <>
          {isCompared ? `effect ${effect.toFixed(3)}, PSI by chance below ${chance.toFixed(3)}` : "not compared"}
          {means.reference === null || means.traffic === null
            ? ""
            : ` · mean ${compact(means.reference)} → ${compact(means.traffic)}`}
          {missing.traffic ? ` · ${percent(missing.traffic)} missing (${percent(missing.reference ?? 0)} before)` : ""}
          {` · ${count(rows)} rows`}
        </>
      }
      note={reason}
    >
      {cells.length > 0 ? <Bars column={column} /> : null}
    </Multiple>
  );
}

const series = [{ name: "reference", isSoft: true }, { name: "traffic" }] as const;

function Bars({ column: { cells, column, rest } }: { column: MonitoredColumn }) {
  return (
    <ShareBars
      label={`${column}: shares of the reference and of traffic by cell`}
      bars={cells.map(({ label, reference, traffic }) => ({ label, shares: [reference, traffic] }))}
      series={series}
      end={
        rest
          ? `${count(rest.categories)} others: ${percent(rest.reference, 0)} → ${percent(rest.traffic, 0)}`
          : undefined
      }
    />
  );
}
