import type { Truth } from "@pave/contract";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { TimeAgo } from "../../ui/time-ago.tsx";

type Row = Truth["contradictions"][number];

/** Labels that say otherwise than the one that was there first; nothing where there are none. */
export function Contradictions({ truth }: { truth: Truth }) {
  if (truth.contradictions.length === 0) return null;
  return (
    <Card title="Labels that contradict an earlier one" aside="the first stays" flush>
      <DataTable
        caption="Labels that contradict an earlier one"
        rows={truth.contradictions}
        columns={columns}
        rowKey={({ predictionId, row, found }) => `${predictionId} ${row} ${found}`}
        empty={null}
      />
    </Card>
  );
}

const columns: readonly Column<Row>[] = [
  {
    key: "prediction",
    title: "Prediction",
    cell: ({ predictionId, row }) => (
      <span className={layout.mono}>
        {predictionId}
        {row > 0 ? ` row ${row}` : ""}
      </span>
    ),
  },
  { key: "kept", title: "First", tight: true, cell: ({ kept }) => kept },
  { key: "found", title: "Then", tight: true, cell: ({ found }) => found },
  { key: "at", title: "When", tight: true, cell: ({ at }) => <TimeAgo at={at} /> },
];
