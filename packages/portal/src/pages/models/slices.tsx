import { counted } from "@pave/contract";
import { count, percent } from "../../lib/format.ts";
import { linear } from "../../lib/scale.ts";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import type { EvaluationReport } from "./evaluation-report.ts";
import classes from "./plots.module.css";
import { sortSlice } from "./sort-slice.ts";

type Slice = EvaluationReport["slices"][number];
type Value = Slice["values"][number];

const columnsFor = (column: string, place: (value: number) => number): readonly Column<Value>[] => [
  { key: "value", title: column, cell: (row) => row.value },
  { key: "rows", title: "Rows", numeric: true, cell: (row) => count(row.rows) },
  {
    key: "rates",
    title: "Predicted / is",
    numeric: true,
    cell: (row) => `${percent(row.predictedMean, 0)} / ${percent(row.positiveRate, 0)}`,
  },
  {
    key: "auc",
    title: "ROC AUC",
    numeric: true,
    cell: (row) => (
      <span className={classes.auc}>
        {row.rocAuc === null ? "–" : row.rocAuc.toFixed(3)} <Interval row={row} place={place} />
      </span>
    ),
  },
];

/** The span that all values of the slice share, so that their intervals can be compared by eye. */
function placeIn(values: readonly Value[]): (value: number) => number {
  const ends = values.flatMap(({ low, high }) => (low === null || high === null ? [] : [low, high]));
  return linear([Math.min(1, ...ends), Math.max(0, ...ends)], [4, 66]);
}

function Interval({ row, place }: { row: Value; place: (value: number) => number }) {
  if (row.rocAuc === null || row.low === null || row.high === null) return <span className={classes.interval} />;
  return (
    <span className={classes.interval} title={`95% interval ${row.low.toFixed(3)} to ${row.high.toFixed(3)}`}>
      <i style={{ left: place(row.low), width: Math.max(2, place(row.high) - place(row.low)) }} />
      <b style={{ left: place(row.rocAuc) }} />
    </span>
  );
}

/** A model can be good on the whole and bad for a part of the data. */
export function Slices({ slice }: { slice: Slice }) {
  return (
    <Card title={`By ${slice.column}`} aside={counted(slice.values.length, "value")} flush>
      <div className={`${classes.scroll} ${classes.dense}`}>
        <DataTable
          caption={`Evaluation by ${slice.column}`}
          rows={sortSlice(slice.values)}
          columns={columnsFor(slice.column, placeIn(slice.values))}
          rowKey={(row) => row.value}
          empty={null}
          stays
        />
      </div>
    </Card>
  );
}
