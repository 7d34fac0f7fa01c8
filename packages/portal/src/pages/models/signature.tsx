import type { ModelVersion } from "@pave/contract";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { EmptyState } from "../../ui/query-view.tsx";

type Port = { readonly name: string; readonly type: string; readonly required: boolean };

const columns: readonly Column<Port>[] = [
  { key: "name", title: "Name", cell: (row) => <code className={layout.mono}>{row.name}</code> },
  { key: "type", title: "Type", cell: (row) => row.type },
  {
    key: "required",
    title: "",
    cell: (row) => <span className={layout.soft}>{row.required ? "required" : "optional"}</span>,
  },
];

export function Signature({ version }: { version: ModelVersion }) {
  const { signature } = version;
  if (!signature)
    return (
      <Card title="Signature">
        <EmptyState
          title="No signature"
          detail="Without one, inputs cannot be checked, and the version cannot be served."
        />
      </Card>
    );
  return (
    <>
      <Card title="Inputs" aside={`${signature.inputs.length} features`} flush>
        <DataTable
          caption="Inputs of the model"
          rows={signature.inputs}
          columns={columns}
          rowKey={(row) => row.name}
          empty={null}
        />
      </Card>
      {signature.outputs.length > 0 ? (
        <Card title="Outputs" flush>
          <DataTable
            caption="Outputs of the model"
            rows={signature.outputs}
            columns={columns.slice(0, 2)}
            rowKey={(row) => row.name}
            empty={null}
          />
        </Card>
      ) : null}
    </>
  );
}
