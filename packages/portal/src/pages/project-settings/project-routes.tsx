import type { Project } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { Card } from "../../ui/card.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { routeColumns } from "../notifications/routes.tsx";
import { useRoutesQuery } from "../notifications/use-notification-queries.ts";

/** Which routes carry what happens in this project, of those that one may see. */
export function ProjectRoutes({ project: { owner, tier } }: { project: Pick<Project, "owner" | "tier"> }) {
  const query = useRoutesQuery();
  return (
    <Card
      title="Routes that carry this project's notifications"
      aside={
        <Link to="/settings/notifications" className="link">
          Change routes and targets
        </Link>
      }
      flush
    >
      <QueryView query={query} rows={2}>
        {({ items }) => (
          <DataTable
            caption="Routes of this project"
            rows={items.filter(
              (route) =>
                (route.team === null || route.team === owner) &&
                (route.tiers.length === 0 || route.tiers.includes(tier)),
            )}
            columns={routeColumns}
            rowKey={({ id }) => id}
            empty={
              <EmptyState
                title="No route that you can see"
                detail={`Members of ${owner} and platform admins add one. Everybody's own inbox is told without a route.`}
              />
            }
          />
        )}
      </QueryView>
    </Card>
  );
}
