import { Button, Group, SegmentedControl } from "@mantine/core";
import { ApiError, type ComparedRun, mostComparedRuns } from "@pave/contract";
import { IconArrowLeft } from "@tabler/icons-react";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Card } from "../../ui/card.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { ProjectTabs, projectCrumbs } from "../project/project-tabs.tsx";
import { AddRun } from "./add-run.tsx";
import { type CompareChange, type CompareView, changedCompare, viewOf, views } from "./compare-search.ts";
import { CurveView } from "./curve-view.tsx";
import { ParallelView } from "./parallel-view.tsx";
import { ScatterView } from "./scatter-view.tsx";
import { TableView } from "./table-view.tsx";
import { useCompareQuery } from "./use-compare-query.ts";

const shown: Readonly<Record<CompareView, typeof TableView>> = {
  table: TableView,
  curves: CurveView,
  parallel: ParallelView,
  scatter: ScatterView,
};

/** Which is best, and why? As tables, curves, lines across params and metrics, or one against another. */
export function RunComparePage() {
  const { project } = useParams({ from: "/shell/projects/$project/runs/compare" });
  const search = useSearch({ from: "/shell/projects/$project/runs/compare" });
  const { ids = "" } = search;
  const isOne = !ids.includes(",");
  const query = useCompareQuery(project, ids);
  const [only] = query.data?.items ?? [];
  const missing = query.data ? undefined : missingRun(ids, query.error);
  const others = ids
    .split(",")
    .filter((id) => id !== missing)
    .join(",");
  const title = isOne ? (only?.name ?? "Run") : "Compare runs";
  return (
    <Page
      title={title}
      crumbs={[...projectCrumbs(project), { label: "Runs", to: `/projects/${project}/runs` }, { label: title }]}
      tabs={<ProjectTabs project={project} />}
      subtitle={
        isOne
          ? "All that this run logged. Add another to see what differs."
          : "What differs between the runs, and which is better by how much"
      }
      actions={
        <Button
          variant="default"
          leftSection={<IconArrowLeft size={14} />}
          renderRoot={(props) => <Link to="/projects/$project/runs" params={{ project }} {...props} />}
        >
          All runs
        </Button>
      }
    >
      {ids === "" ? (
        <Card>
          <EmptyState
            title="No run is chosen"
            detail={`Select two to ${mostComparedRuns} runs in the list of runs, then Compare.`}
          />
        </Card>
      ) : missing !== undefined && others !== "" ? (
        <Card>
          <EmptyState
            title={`Run ${missing} is not there`}
            detail="It was removed for good, or it is another project's."
          >
            <Button
              variant="default"
              renderRoot={(props) => (
                <Link
                  to="/projects/$project/runs/compare"
                  params={{ project }}
                  search={{ ...search, ids: others }}
                  replace
                  {...props}
                />
              )}
            >
              Compare the others
            </Button>
          </EmptyState>
        </Card>
      ) : (
        <QueryView query={query} rows={12}>
          {({ items }) => <Comparison project={project} runs={items} />}
        </QueryView>
      )}
    </Page>
  );
}

/** Which of the runs the server knows nothing of. */
function missingRun(ids: string, error: Error | null): string | undefined {
  if (!(error instanceof ApiError) || error.status !== 404) return undefined;
  const words = error.message.split(/[\s,]+/);
  return ids.split(",").find((id) => words.includes(id));
}

function Comparison({ project, runs }: { project: string; runs: readonly ComparedRun[] }) {
  const search = useSearch({ from: "/shell/projects/$project/runs/compare" });
  const navigate = useNavigate({ from: "/projects/$project/runs/compare" });
  const change = (values: CompareChange) =>
    void navigate({ search: (before) => changedCompare(before, values), replace: true, resetScroll: false });
  const view = viewOf(search);
  const View = shown[view];
  const possible = runs.length === 1 ? views.slice(0, 2) : views;
  return (
    <>
      <Group gap="xs" justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label="How to compare"
          style={{ maxWidth: "100%", flexWrap: "wrap" }}
          data={[...possible]}
          value={view}
          onChange={(next) => change({ view: next === "table" ? undefined : next })}
        />
        <AddRun
          project={project}
          runs={runs}
          onAdd={(key) => change({ ids: [...runs.map((run) => run.key), key].join(",") })}
        />
      </Group>
      <View project={project} runs={runs} search={search} onChange={change} />
    </>
  );
}
