import type { ExperimentSummary } from "@pave/contract";
import { Link, useParams } from "@tanstack/react-router";
import { count } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { ProjectTabs } from "../project/project-tabs.tsx";
import { ExperimentTags } from "./experiment-tags.tsx";
import { useExperimentsQuery } from "./use-experiments-queries.ts";

/** What is being tried in this project? */
export function ExperimentsPage() {
  const { project } = useParams({ from: "/shell/projects/$project/experiments" });
  const query = useExperimentsQuery(project);
  return (
    <Page
      title="Experiments"
      crumbs={[
        { label: "Projects", to: "/projects" },
        { label: project, to: `/projects/${project}` },
        { label: "Runs", to: `/projects/${project}/runs` },
        { label: "Experiments" },
      ]}
      tabs={<ProjectTabs project={project} />}
      subtitle="Runs of MLflow's clients by the experiment that they named; the project's own has the runs of its pipelines."
    >
      <Card flush>
        <QueryView query={query} rows={6}>
          {({ items }) => (
            <DataTable
              caption="Experiments"
              rows={items}
              columns={columnsFor(project)}
              rowKey={({ id }) => id}
              empty={<EmptyState title="No experiment yet" detail="mlflow.set_experiment(name) makes one." />}
            />
          )}
        </QueryView>
      </Card>
    </Page>
  );
}

const columnsFor = (project: string): readonly Column<ExperimentSummary>[] => [
  {
    key: "name",
    title: "Experiment",
    cell: (row) => (
      <>
        <Link
          to="/projects/$project/experiments/$experiment"
          params={{ project, experiment: row.id }}
          className="link"
          style={{ fontWeight: 550, overflowWrap: "anywhere" }}
        >
          {row.name}
        </Link>{" "}
        {row.isOwn ? <Pill>the project's own</Pill> : null}
      </>
    ),
  },
  { key: "runs", title: "Runs", numeric: true, cell: (row) => count(row.runs) },
  {
    key: "running",
    title: "Running",
    numeric: true,
    cell: (row) =>
      row.running > 0 ? <Pill tone="busy">{count(row.running)}</Pill> : <span className={layout.soft}>–</span>,
  },
  {
    key: "last",
    title: "Newest run",
    tight: true,
    cell: (row) => (row.lastRunAt ? <TimeAgo at={row.lastRunAt} /> : "–"),
  },
  { key: "tags", title: "Tags", cell: (row) => <ExperimentTags tags={row.tags} /> },
];
