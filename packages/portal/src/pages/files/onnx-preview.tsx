import type { OnnxSummary } from "@pave/contract";
import { bytes, count } from "../../lib/format.ts";
import { DataTable } from "../../ui/data-table.tsx";
import { Facts } from "../../ui/facts.tsx";
import layout from "../../ui/layout.module.css";
import classes from "./files.module.css";
import { PortTable } from "./port-table.tsx";

type Tensor = OnnxSummary["inputs"][number];

const tensorColumns = [
  { key: "name", title: "Name", cell: (row: Tensor) => <code className={layout.mono}>{row.name}</code> },
  { key: "type", title: "Type", cell: (row: Tensor) => row.type },
  { key: "shape", title: "Shape", cell: (row: Tensor) => (row.shape === null ? "–" : `[${row.shape.join(", ")}]`) },
];
type Operator = OnnxSummary["operators"][number];
const operatorColumns = [
  { key: "type", title: "Operator", cell: (row: Operator) => <code className={layout.mono}>{row.type}</code> },
  { key: "count", title: "Nodes", numeric: true, cell: (row: Operator) => count(row.count) },
];

/** What an ONNX file says of its graph. */
export function OnnxPreview({ summary }: { summary: OnnxSummary }) {
  return (
    <div className={classes.parts}>
      <Facts
        columns={2}
        facts={[
          { label: "Graph", value: summary.graph || "–" },
          { label: "Made by", value: summary.producer || "–" },
          {
            label: "Opset",
            value: summary.opsets.map(({ domain, version }) => `${domain || "ai.onnx"} ${version}`).join(", ") || "–",
          },
          { label: "IR version", value: summary.irVersion ?? "–" },
          { label: "Nodes", value: count(summary.nodes) },
          {
            label: "Weights",
            value: `${count(summary.initializers.count)} tensors, ${bytes(summary.initializers.bytes)}`,
          },
          ...Object.entries(summary.metadata).map(([label, value]) => ({ label, value })),
        ]}
      />
      <PortTable title="Inputs" rows={summary.inputs} columns={tensorColumns} empty="none" />
      <PortTable title="Outputs" rows={summary.outputs} columns={tensorColumns} empty="none" />
      <h3 className={classes.part}>Nodes by operator</h3>
      <DataTable
        caption="Nodes by operator"
        stays
        rows={summary.operators}
        columns={operatorColumns}
        rowKey={({ type }) => type}
        empty={<p className={classes.hint}>The graph has no nodes.</p>}
      />
    </div>
  );
}
