import { Tabs } from "@mantine/core";
import { type TrackedRunPage as TrackedRun, topics } from "@pave/contract";
import { useParams } from "@tanstack/react-router";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { isSystemMetric } from "../../lib/group-metrics.ts";
import { Card } from "../../ui/card.tsx";
import { EditableTitle } from "../../ui/editable-title.tsx";
import { Page } from "../../ui/page.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { useAction } from "../../ui/use-action.ts";
import { Deleted } from "./deleted.tsx";
import { RunCurvesTab } from "./run-curves-tab.tsx";
import { RunFiles } from "./run-files.tsx";
import { RunOverview } from "./run-overview.tsx";
import { TrackedActions } from "./tracked-actions.tsx";
import { useTrackedRunQuery } from "./use-tracked-run-queries.ts";
import { useTrackedSearch } from "./use-tracked-search.ts";

/** What did this run log, where did it come from, and what became of it? */
export function TrackedRunPage() {
  const { project, run: id } = useParams({ from: "/shell/projects/$project/runs/$run" });
  const query = useTrackedRunQuery(project, id);
  const run = query.data;
  const title = run?.name ?? `Run ${id.slice(0, 8)}`;
  const denied = useDenied(project, "tracking.write");
  const rename = useAction({
    act: (name: string) => api.updateTrackedRun({ params: { project, trackedRun: id }, body: { name } }),
    topics: [topics.project(project)],
  });
  return (
    <Page
      title={title}
      heading={
        run ? (
          <EditableTitle
            title={rename.isPending ? rename.variables : title}
            denied={run.isDeleted ? "It is deleted: restore it first." : denied}
            onRename={(name) => rename.mutate(name)}
          />
        ) : undefined
      }
      crumbs={[
        { label: "Projects", to: "/projects" },
        { label: project, to: `/projects/${project}` },
        { label: "Runs", to: `/projects/${project}/runs` },
        { label: title },
      ]}
      state={run ? <StateBadge state={run.isDeleted ? "deleted" : run.state} /> : null}
      subtitle={run ? subtitleOf(run) : "\u00a0"}
      actions={run ? <TrackedActions project={project} run={run} /> : null}
    >
      <QueryView query={query} rows={12}>
        {(data) => <TrackedRunView project={project} run={data} />}
      </QueryView>
    </Page>
  );
}

function subtitleOf(run: TrackedRun): string {
  const by = run.author === "" ? "" : ` by ${run.author}`;
  const kinds = {
    pipeline: `What run ${run.run?.number} of ${run.run?.pipeline} tracked`,
    evaluation: `What evaluation ${run.run?.number} tracked`,
    step: `What step ${run.step ?? ""} of run ${run.run?.number ?? ""} tracked`,
    client: `Logged${by} with MLflow`,
  } as const;
  return `${kinds[run.kind]}, in experiment ${run.experiment}`;
}

function TrackedRunView({ project, run }: { project: string; run: TrackedRun }) {
  const [search, change] = useTrackedSearch();
  const curves = run.latest.filter(({ isCurve }) => isCurve).map(({ key }) => key);
  const system = curves.filter(isSystemMetric);
  const own = curves.filter((key) => !isSystemMetric(key));
  const tabs = [
    { value: "overview", title: "Overview" },
    { value: "metrics", title: `Curves ${own.length}` },
    ...(system.length > 0 ? [{ value: "system", title: `System ${system.length}` }] : []),
    { value: "files", title: `Files ${run.files.count}` },
  ];
  const tab = tabs.find(({ value }) => value === search.tab)?.value ?? "overview";
  return (
    <>
      {run.isDeleted ? <Deleted project={project} run={run} /> : null}
      <Tabs
        value={tab}
        onChange={(value) => change({ tab: value ?? undefined, metric: undefined })}
        keepMounted={false}
      >
        <Tabs.List mb={14}>
          {tabs.map(({ value, title }) => (
            <Tabs.Tab key={value} value={value}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview">
          <RunOverview project={project} run={run} />
        </Tabs.Panel>
        <Tabs.Panel value="metrics">
          <RunCurvesTab project={project} run={run} keys={own} />
        </Tabs.Panel>
        <Tabs.Panel value="system">
          <RunCurvesTab project={project} run={run} keys={system} />
        </Tabs.Panel>
        <Tabs.Panel value="files">
          <Card flush>
            <RunFiles project={project} run={run} />
          </Card>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
