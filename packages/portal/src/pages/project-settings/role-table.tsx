import { projectPermissions, type Role, roles } from "@pave/contract";
import { Card } from "../../ui/card.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";

const rows = Object.entries(projectPermissions);

/** The table of rights as the server judges by it. */
export function RoleTable() {
  return (
    <Card title="What the roles may do" flush>
      <DataTable
        caption="Roles"
        stays
        rows={rows}
        columns={[
          {
            key: "what",
            title: "May",
            cell: ([name, { lets }]) => (
              <>
                {lets} <code className={layout.soft}>{name}</code>
              </>
            ),
          },
          ...roles.map((role) => ({
            key: role,
            title: role,
            cell: ([, row]: (typeof rows)[number]) =>
              (row.roles as readonly Role[]).includes(role) ? "✓" : <span className={layout.soft}>–</span>,
          })),
        ]}
        rowKey={([name]) => name}
        empty={null}
      />
    </Card>
  );
}
