import { Group } from "@mantine/core";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { Code } from "./code.tsx";
import classes from "./files.module.css";
import { PortTable } from "./port-table.tsx";

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

const unsaid = "The signature says nothing of them.";

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
      <PortTable title="Inputs" rows={inputs} columns={columns} empty={unsaid} />
      <PortTable title="Outputs" rows={outputs} columns={columns} empty={unsaid} />
      <h3 className={classes.part}>The file</h3>
      <Code text={text} />
    </div>
  );
}
