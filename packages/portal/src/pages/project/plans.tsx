import { Card } from "../../ui/card.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { PlanTable } from "../plans/plan-table.tsx";
import { usePlansQuery } from "./use-plans-query.ts";

export function Plans({ project }: { project: string }) {
  const query = usePlansQuery(project);
  const empty = (
    <EmptyState
      title="No plan yet"
      detail="Nothing changes a shared environment except by a plan: what changes, may it, who must act."
    >
      <CopyLine text="pave deploy --to staging" />
    </EmptyState>
  );
  return (
    <Card title={<span id="plans">Plans</span>} flush>
      <QueryView query={query} rows={4}>
        {({ items }) => <PlanTable caption="Plans" plans={items} empty={empty} />}
      </QueryView>
    </Card>
  );
}
