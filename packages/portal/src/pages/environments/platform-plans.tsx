import { Card } from "../../ui/card.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { PlanTable } from "../plans/plan-table.tsx";
import { usePlatformPlansQuery } from "./use-environments-query.ts";

/** Changes of environments: each is a plan of the platform, judged by the rules it is about to replace. */
export function PlatformPlans({ environment }: { environment?: string }) {
  const query = usePlatformPlansQuery(environment);
  const empty = (
    <EmptyState
      title="No change yet"
      detail="The rules are those that the platform started with. A change is a plan that platform admins approve."
    />
  );
  return (
    <Card title={environment ? "Changes of its rules" : "Changes of environments"} aside="plans of the platform" flush>
      <QueryView query={query} rows={2}>
        {({ items }) => (
          <PlanTable
            caption="Plans of the platform"
            plans={items}
            empty={empty}
            ofOneEnvironment={environment !== undefined}
          />
        )}
      </QueryView>
    </Card>
  );
}
