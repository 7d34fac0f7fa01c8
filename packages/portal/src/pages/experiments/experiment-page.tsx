import { Button, Group } from "@mantine/core";
import { type ClientOutput, counted, type routes, type TrackedRunSummary } from "@pave/contract";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { count, metric, spaced } from "../../lib/format.ts";
import { isSystemMetric } from "../../lib/group-metrics.ts";
import { sortMetrics } from "../../lib/metric-direction.ts";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Markdown } from "../../ui/markdown.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { Elapsed, TimeAgo } from "../../ui/time-ago.tsx";
import { ProjectTabs } from "../project/project-tabs.tsx";
import { RunLink } from "../run-list/run-link.tsx";
import { ExperimentTags } from "./experiment-tags.tsx";
import { useExperimentQuery } from "./use-experiments-queries.ts";

const pageSize = 50;
const mostMetrics = 4;

/** The runs of one experiment. */
export function ExperimentPage() {
  const from = "/shell/projects/$project/experiments/$experiment";
  const { project, experiment } = useParams({ from });
  const { after = 0 } = useSearch({ from });
  const navigate = useNavigate({ from: "/projects/$project/experiments/$experiment" });
  const query = useExperimentQuery(project, experiment, after);
  const title = query.data?.name ?? `Experiment ${experiment}`;
  const note = query.data?.tags["mlflow.note.content"];
  const goTo = (next: number) => void navigate({ search: next > 0 ? { after: next } : {} });
  return (
    <Page
      title={title}
      crumbs={[
        { label: "Projects", to: "/projects" },
        { label: project, to: `/projects/${project}` },
        { label: "Experiments", to: `/projects/${project}/experiments` },
        { label: title },
      ]}
      tabs={<ProjectTabs project={project} />}
      subtitle={query.data ? subtitleOf(query.data) : "\u00a0"}
      actions={
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link to="/projects/$project/runs" params={{ project }} search={{ experiment, show: "all" }} {...props} />
          )}
        >
          Search and compare
        </Button>
      }
    >
      {note ? (
        <Card title="Description">
          <Markdown source={note} />
        </Card>
      ) : null}
      <Card title="Runs" aside={query.data ? count(query.data.runs) : undefined} flush>
        <QueryView query={query} rows={8}>
          {({ items, next }) => (
            <>
              <DataTable
                caption="Runs"
                rows={items}
                columns={columnsFor(project, items)}
                rowKey={({ id }) => id}
                empty={<EmptyState title="No run yet" detail="mlflow.start_run() makes one in this experiment." />}
              />
              {after > 0 || next !== null ? (
                <Group gap="xs" p={10} justify="flex-end">
                  <Button variant="default" disabled={after === 0} onClick={() => goTo(Math.max(0, after - pageSize))}>
                    Newer
                  </Button>
                  <Button variant="default" disabled={next === null} onClick={() => goTo(Number(next))}>
                    Older
                  </Button>
                </Group>
              ) : null}
            </>
          )}
        </QueryView>
      </Card>
    </Page>
  );
}

function subtitleOf({ isOwn, running, tags }: ClientOutput<typeof routes.getExperiment>) {
  if (Object.keys(tags).some((key) => !key.startsWith("mlflow."))) return <ExperimentTags tags={tags} />;
  if (isOwn) return "The project's own: runs of its pipelines, and of clients that named no experiment";
  return running > 0 ? `${counted(running, "run")} on now` : "What MLflow's clients logged under this name";
}

function columnsFor(project: string, runs: readonly TrackedRunSummary[]): readonly Column<TrackedRunSummary>[] {
  const all = new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)));
  const names = sortMetrics([...all].filter((name) => !isSystemMetric(name)));
  return [
    {
      key: "name",
      title: "Run",
      cell: (row) => (
        <RunLink project={project} run={row}>
          {row.name}
        </RunLink>
      ),
    },
    { key: "state", title: "State", cell: (row) => <StateBadge state={row.state} /> },
    ...names.slice(0, mostMetrics).map((name) => ({
      key: `metric ${name}`,
      title: spaced(name),
      numeric: true,
      cell: (row: TrackedRunSummary) => (typeof row.metrics[name] === "number" ? metric(row.metrics[name]) : "–"),
    })),
    { key: "by", title: "By", cell: (row) => row.author || "–" },
    { key: "started", title: "Started", tight: true, cell: (row) => <TimeAgo at={row.startedAt} /> },
    {
      key: "took",
      title: "Took",
      numeric: true,
      tight: true,
      cell: (row) => <Elapsed from={row.startedAt} to={row.finishedAt} />,
    },
  ];
}
