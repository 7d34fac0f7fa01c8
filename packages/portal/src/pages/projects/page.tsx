import { Button } from "@mantine/core";
import { IconPlus, IconRoad } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Card } from "../../ui/card.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { projectColumns } from "./project-columns.tsx";
import { useProjectsQuery } from "./use-projects-query.ts";

/** What exists, who owns it, is it healthy? */
export function ProjectsPage() {
  const query = useProjectsQuery();
  return (
    <Page
      title="Projects"
      subtitle="Every project you may see, who owns it and what of it is live."
      actions={<NewProjectButton />}
    >
      <Card flush>
        <QueryView query={query} rows={6}>
          {({ items }) => (
            <DataTable
              caption="Projects"
              rows={items}
              columns={projectColumns}
              rowKey={(row) => row.id}
              empty={<NoProjects />}
            />
          )}
        </QueryView>
      </Card>
    </Page>
  );
}

function NewProjectButton() {
  return (
    <Button leftSection={<IconPlus size={14} />} renderRoot={(props) => <Link to="/new-project" {...props} />}>
      New project
    </Button>
  );
}

function NoProjects() {
  return (
    <EmptyState
      icon={<IconRoad size={30} stroke={1.5} />}
      title="No projects yet"
      detail="A project starts from a table of data, here or in a terminal. It shows what it will create before it does."
    >
      <NewProjectButton />
      <div style={{ width: "min(640px, 100%)", marginTop: 8 }}>
        <CopyLine text="pave new my-project --data data.csv --target outcome" />
      </div>
    </EmptyState>
  );
}
