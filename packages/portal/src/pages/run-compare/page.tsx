import { Button, SegmentedControl } from "@mantine/core";
import { type ComparedRun, mostComparedRuns } from "@pave/contract";
import { IconArrowLeft } from "@tabler/icons-react";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Card } from "../../ui/card.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { ProjectTabs, projectCrumbs } from "../project/project-tabs.tsx";
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
  const { ids = "" } = useSearch({ from: "/shell/projects/$project/runs/compare" });
  const isOne = !ids.includes(",");
  const query = useCompareQuery(project, ids);
  const [only] = query.data?.items ?? [];
  const title = isOne ? (only?.name ?? "Run") : "Compare runs";
  return (
    <Page
      title={title}
      crumbs={[...projectCrumbs(project), { label: "Runs", to: `/projects/${project}/runs` }, { label: title }]}
      tabs={<ProjectTabs project={project} />}
      subtitle={isOne ? "All that this run logged" : "What differs between the runs, and which is better by how much"}
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
      ) : (
        <QueryView query={query} rows={12}>
          {({ items }) => <Comparison project={project} runs={items} />}
        </QueryView>
      )}
    </Page>
  );
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
      <SegmentedControl
        size="xs"
        aria-label="How to compare"
        style={{ alignSelf: "flex-start", maxWidth: "100%", flexWrap: "wrap" }}
        data={[...possible]}
        value={view}
        onChange={(next) => change({ view: next === "table" ? undefined : next })}
      />
      <View project={project} runs={runs} search={search} onChange={change} />
    </>
  );
}
