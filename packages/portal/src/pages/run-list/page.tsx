import { Button } from "@mantine/core";
import { ApiError, mostComparedRuns } from "@pave/contract";
import { IconArrowsDiff } from "@tabler/icons-react";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useStored } from "../../lib/use-stored.ts";
import { Card } from "../../ui/card.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { ProjectTabs, projectCrumbs } from "../project/project-tabs.tsx";
import { columnsOf, defaultColumns, isRunColumns } from "./choose-columns.ts";
import { ColumnMenu } from "./column-menu.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { runColumns } from "./run-columns.tsx";
import classes from "./run-list.module.css";
import { nextOrder, pageSize, pageText, type RunSearch } from "./run-search.ts";
import { StartRun } from "./start-run.tsx";
import { useRunsSearchQuery } from "./use-runs-search-query.ts";

/** Which is best, and why? All runs of the project: of pipelines, and of whoever logs with MLflow. */
export function RunListPage() {
  const { project } = useParams({ from: "/shell/projects/$project/runs" });
  const search = useSearch({ from: "/shell/projects/$project/runs" });
  const navigate = useNavigate({ from: "/projects/$project/runs" });
  const query = useRunsSearchQuery(project, search);
  const [chosen, setChosen] = useStored(`pave.run-columns.${project}`, isRunColumns);
  const [selected, setSelected] = useState<readonly string[]>([]);
  const change = (values: { readonly [K in keyof RunSearch]: RunSearch[K] | undefined }) =>
    void navigate({ search: (before) => clean({ ...before, ...values }), replace: true, resetScroll: false });

  const problem = query.error instanceof ApiError && query.error.status === 400 ? query.error.body : null;
  const runs = query.data?.items ?? [];
  const shown = chosen ?? defaultColumns(runs);
  const isFiltered = Boolean(search.filter || search.state || search.show || search.after);
  return (
    <Page
      title="Runs"
      crumbs={projectCrumbs(project, "Runs")}
      tabs={<ProjectTabs project={project} />}
      subtitle="Runs of pipelines, and of whoever logs to this project with MLflow. Choose some to compare them."
      actions={<StartRun project={project} />}
    >
      <Card flush>
        <FilterBar search={search} problem={problem} onChange={change}>
          {selected.length > 0 ? (
            <Button variant="subtle" color="gray" onClick={() => setSelected([])}>
              Clear {selected.length}
            </Button>
          ) : null}
          <ColumnMenu all={columnsOf(runs)} shown={shown} onChange={setChosen} />
          <CompareButton project={project} selected={selected} />
        </FilterBar>
        {problem !== null && query.data === undefined ? (
          <EmptyState
            title="These conditions cannot be searched for"
            detail="Write metrics.auc > 0.9 or params.model = 'forest' or run_name LIKE 'train%', joined by AND; or a part of a name."
          />
        ) : (
          <QueryView query={query} rows={10}>
            {(found) => (
              <div className={query.isPlaceholderData ? classes.stale : undefined} aria-busy={query.isPlaceholderData}>
                <DataTable
                  caption="Runs"
                  stays
                  rows={found.items}
                  rowKey={(run) => run.id}
                  columns={runColumns({
                    project,
                    runs,
                    shown,
                    order: search.order,
                    onOrder: (key, first) => change({ order: nextOrder(search.order, key, first), after: undefined }),
                    selected,
                    isFull: selected.length >= mostComparedRuns,
                    onSelect: (key, isSelected) =>
                      setSelected((before) => [...before.filter((one) => one !== key), ...(isSelected ? [key] : [])]),
                  })}
                  empty={isFiltered ? <NothingFound onClear={() => change(nothing)} /> : <NoRuns />}
                />
                <div className={classes.foot}>
                  {pageText(found, search.after ?? 0)}
                  <Button
                    variant="default"
                    disabled={!search.after}
                    onClick={() => change({ after: Math.max(0, (search.after ?? 0) - pageSize) || undefined })}
                  >
                    Newer
                  </Button>
                  <Button
                    variant="default"
                    disabled={found.next === null}
                    onClick={() => change({ after: Number(found.next) })}
                  >
                    Next
                  </Button>
                </div>
              </div>
            )}
          </QueryView>
        )}
      </Card>
    </Page>
  );
}

const nothing = { filter: undefined, state: undefined, show: undefined, after: undefined };

const clean = (search: { readonly [K in keyof RunSearch]: RunSearch[K] | undefined }): RunSearch =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));

function CompareButton({ project, selected }: { project: string; selected: readonly string[] }) {
  const icon = <IconArrowsDiff size={14} />;
  if (selected.length < 2)
    return (
      <Button disabled leftSection={icon} title={`Choose two to ${mostComparedRuns} runs`}>
        Compare
      </Button>
    );
  return (
    <Button
      leftSection={icon}
      renderRoot={(props) => (
        <Link
          to="/projects/$project/runs/compare"
          params={{ project }}
          search={{ ids: selected.join(",") }}
          {...props}
        />
      )}
    >{`Compare ${selected.length}`}</Button>
  );
}

function NothingFound({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState title="No run fits" detail="No run of this project meets all of these conditions.">
      <Button variant="default" onClick={onClear}>
        Show all runs
      </Button>
    </EmptyState>
  );
}

function NoRuns() {
  return (
    <EmptyState
      title="No run yet"
      detail="A run executes a pipeline: checked whole before it starts, cached, tracked. What your own code logs with MLflow appears here as well."
    >
      <CopyLine text="pave run" />
    </EmptyState>
  );
}
