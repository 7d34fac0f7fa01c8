import type { ProjectSummary } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { Card } from "../../ui/card.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { projectColumns } from "../projects/project-columns.tsx";
import { useProjectsQuery } from "../projects/use-projects-query.ts";

const shown = ["name", "health", "run", "plans"];
const columns = projectColumns.filter(({ key }) => shown.includes(key));
const most = 6;

/** The projects one may see, those that need somebody first; all of them have a page of their own. */
export function ProjectsNow() {
  const query = useProjectsQuery();
  return (
    <Card
      title="Projects"
      aside={
        <Link to="/projects" className="link">
          See all
        </Link>
      }
      flush
    >
      <QueryView query={query} rows={2}>
        {({ items }) => (
          <DataTable
            caption="Projects"
            rows={items.toSorted((a, b) => urgency(a) - urgency(b)).slice(0, most)}
            columns={columns}
            rowKey={(row) => row.id}
            empty={null}
          />
        )}
      </QueryView>
    </Card>
  );
}

const urgency = ({ health }: ProjectSummary): number => {
  const place = (["failing", "attention"] as ProjectSummary["health"][]).indexOf(health);
  return place < 0 ? 2 : place;
};
