import { ApiError, counted } from "@pave/contract";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Card } from "../../ui/card.tsx";
import { Page } from "../../ui/page.tsx";
import { ProjectTabs, projectCrumbs } from "../project/project-tabs.tsx";
import { ColumnMenu } from "./column-menu.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { RunGrid } from "./run-grid.tsx";
import classes from "./run-list.module.css";
import { changedSearch, countText, nextOrder, queryOf, type RunSearchChange } from "./run-search.ts";
import { RunsState } from "./runs-state.tsx";
import { SelectionActions } from "./selection-actions.tsx";
import { StartRun } from "./start-run.tsx";
import { useGroupMetric } from "./use-group-metric.ts";
import { useRunColumns } from "./use-run-columns.ts";
import { useRunRows } from "./use-run-rows.ts";
import { useRunKeysQuery } from "./use-runs-queries.ts";
import { useSelection } from "./use-selection.ts";

/** Which is best, and why? All runs of the project: of pipelines, and of whoever logs with MLflow. */
export function RunListPage() {
  const { project } = useParams({ from: "/shell/projects/$project/runs" });
  const search = useSearch({ from: "/shell/projects/$project/runs" });
  const navigate = useNavigate({ from: "/projects/$project/runs" });
  const change = (values: RunSearchChange) =>
    void navigate({ search: (before) => changedSearch(before, values), replace: true, resetScroll: false });

  const keys = useRunKeysQuery(project).data;
  const chosen = useRunColumns(project, search.columns, (columns) => change({ columns }));
  const metric = useGroupMetric(search, keys);
  const query = { ...queryOf(search), ...(chosen.query === undefined ? {} : { columns: chosen.query }) };
  const rows = useRunRows(project, query, { by: search.by, metric });
  const selection = useSelection({
    inUrl: search.selected,
    onUrl: (selected) => change({ selected }),
    runsBetween: rows.runsBetween,
  });
  const columns = chosen.shown(rows.sample);
  const refused = rows.error instanceof ApiError && rows.error.status === 400 ? rows.error.body : null;
  return (
    <Page
      title="Runs"
      crumbs={projectCrumbs(project, "Runs")}
      tabs={<ProjectTabs project={project} />}
      actions={<StartRun project={project} />}
    >
      <Card>
        <div className={classes.card}>
          <FilterBar project={project} search={search} metric={metric} keys={keys} refused={refused} onChange={change}>
            <ColumnMenu keys={keys} shown={columns.ids} onChange={chosen.choose} />
            <SelectionActions
              project={project}
              ids={selection.ids}
              areDeleted={search.show === "deleted"}
              onClear={selection.clear}
            />
          </FilterBar>
          <RunsState
            rows={rows}
            refused={refused !== null}
            isFiltered={Boolean(search.filter || search.state || search.show || search.experiment)}
            onClear={() => change({ filter: undefined, state: undefined, show: undefined, experiment: undefined })}
          >
            <RunGrid
              project={project}
              rows={rows}
              by={rows.by}
              metric={rows.metric}
              columns={columns.columns}
              nameWidth={columns.nameWidth}
              order={search.order}
              onOrder={(key, first) => change({ order: nextOrder(search.order, key, first) })}
              onWidth={chosen.widen}
              selected={selection.set}
              onSelect={selection.select}
            />
            <div className={classes.foot}>
              <span role="status">{rows.total ? footText(rows.total, rows.by, rows) : ""}</span>
              <span className={classes.keys}>j k move, x selects, Enter opens, / filters</span>
            </div>
          </RunsState>
        </div>
      </Card>
    </Page>
  );
}

function footText(
  total: { readonly count: number; readonly atLeast: boolean },
  by: string | undefined,
  { layout, hasMoreGroups }: Pick<ReturnType<typeof useRunRows>, "layout" | "hasMoreGroups">,
): string {
  if (by === undefined)
    return total.atLeast
      ? `${countText(total)}; the first ${counted(layout.count, "run")} are listed`
      : countText(total);
  const of = total.atLeast ? `the first ${counted(total.count, "run")}` : countText(total);
  return hasMoreGroups ? `the largest 200 groups of ${of}` : `groups of ${of}`;
}
