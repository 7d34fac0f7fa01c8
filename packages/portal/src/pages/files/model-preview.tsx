import { Group } from "@mantine/core";
import { DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { Code } from "./code.tsx";
import classes from "./files.module.css";

interface ModelColumn {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

const columns = [
  { key: "name", title: "Name", cell: (row: ModelColumn) => <code className={layout.mono}>{row.name}</code> },
  { key: "type", title: "Type", cell: (row: ModelColumn) => row.type },
  { key: "required", title: "", cell: (row: ModelColumn) => (row.required ? "required" : "optional") },
];

/** What an `MLmodel` file says: how the model can be loaded, and what goes in and comes out. */
export function ModelPreview({
  model: { flavors, inputs, outputs, text },
}: {
  model: {
    readonly flavors: readonly string[];
    readonly inputs: readonly ModelColumn[];
    readonly outputs: readonly ModelColumn[];
    readonly text: string;
  };
}) {
  return (
    <div className={classes.parts}>
      <h3 className={classes.part}>Flavors</h3>
      <Group gap={6}>
        {flavors.map((flavor) => (
          <Pill key={flavor}>{flavor}</Pill>
        ))}
      </Group>
      <Side title="Inputs" rows={inputs} />
      <Side title="Outputs" rows={outputs} />
      <h3 className={classes.part}>The file</h3>
      <Code text={text} />
    </div>
  );
}

function Side({ title, rows }: { title: string; rows: readonly ModelColumn[] }) {
  return (
    <>
      <h3 className={classes.part}>{title}</h3>
      <DataTable
        caption={title}
        stays
        rows={rows}
        columns={columns}
        rowKey={({ name }) => name}
        empty={<p className={classes.hint}>The signature says nothing of them.</p>}
      />
    </>
  );
}
