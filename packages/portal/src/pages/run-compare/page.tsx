import { Button, Switch } from "@mantine/core";
import { type ComparedRun, counted } from "@pave/contract";
import { IconArrowLeft, IconX } from "@tabler/icons-react";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Card } from "../../ui/card.tsx";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { ProjectTabs, projectCrumbs } from "../project/project-tabs.tsx";
import { RunLink } from "../run-list/run-link.tsx";
import { aboutRows } from "./about-rows.tsx";
import classes from "./compare.module.css";
import { CompareTable, RunSwatch } from "./compare-table.tsx";
import { CurveChart } from "./curve-chart.tsx";
import { metricRows } from "./metric-rows.tsx";
import { paramRows } from "./rows.ts";
import { useCompareQuery } from "./use-compare-query.ts";

/** Which is best, and why? Also the page of a run that a client of MLflow logged. */
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
          <EmptyState title="No run is chosen" detail="Choose two to eight runs in the list of runs, then Compare." />
        </Card>
      ) : (
        <QueryView query={query} rows={12}>
          {({ items }) => <Comparison project={project} ids={ids} runs={items} />}
        </QueryView>
      )}
    </Page>
  );
}

function Comparison({ project, ids, runs }: { project: string; ids: string; runs: readonly ComparedRun[] }) {
  const search = useSearch({ from: "/shell/projects/$project/runs/compare" });
  const navigate = useNavigate({ from: "/projects/$project/runs/compare" });
  const isAlone = runs.length === 1;
  const params = paramRows(runs);
  const showsAll = isAlone || search.params === "all";
  const shown = showsAll ? params : params.filter(({ differs }) => differs);
  const metrics = metricRows(runs);
  const curves = [...new Set(runs.flatMap((run) => run.curves))].sort();
  const change = (values: { ids?: string; params?: string | undefined }) =>
    void navigate({
      search: (before) =>
        Object.fromEntries(Object.entries({ ...before, ...values }).filter(([, value]) => value !== undefined)),
      replace: true,
      resetScroll: false,
    });
  return (
    <>
      <Card flush>
        <CompareTable
          caption="Runs"
          runs={runs}
          rows={aboutRows(project, runs)}
          head={(run, index) => (
            <span className={classes.key}>
              <RunSwatch index={index} />
              <RunLink project={project} run={run}>
                {run.name}
              </RunLink>
              {isAlone ? null : (
                <Button
                  variant="subtle"
                  color="gray"
                  size="compact-xs"
                  aria-label={`Leave out ${run.name}`}
                  onClick={() =>
                    change({
                      ids: runs
                        .filter(({ key }) => key !== run.key)
                        .map(({ key }) => key)
                        .join(","),
                    })
                  }
                >
                  <IconX size={12} />
                </Button>
              )}
            </span>
          )}
        />
      </Card>
      <Card title="Metrics" aside={isAlone ? undefined : "differences are against the first run"} flush>
        {metrics.length === 0 ? (
          <EmptyState title="No metrics" detail="None of these runs has logged any." />
        ) : (
          <CompareTable caption="Metrics" runs={runs} rows={metrics} />
        )}
      </Card>
      {curves.length > 0 ? (
        <div className={layout.halves}>
          {curves.slice(0, 12).map((name) => (
            <CurveChart key={name} project={project} ids={ids} name={name} runs={runs} />
          ))}
        </div>
      ) : null}
      <Card
        title="Params"
        aside={
          isAlone ? undefined : (
            <Switch
              size="xs"
              labelPosition="left"
              label="only what differs"
              checked={!showsAll}
              onChange={(event) => change({ params: event.currentTarget.checked ? undefined : "all" })}
            />
          )
        }
        flush
      >
        {shown.length === 0 ? (
          <EmptyState
            title={params.length === 0 ? "No params" : "No param differs"}
            detail={params.length === 0 ? undefined : `All runs have the same ${counted(params.length, "param")}.`}
          />
        ) : (
          <CompareTable
            caption="Params"
            runs={runs}
            rows={shown.map(({ name, differs }) => ({
              name,
              differs: showsAll && !isAlone && differs,
              cell: (run) =>
                run.params[name] === undefined ? (
                  <span className={layout.soft}>–</span>
                ) : (
                  <span className={classes.mono}>{run.params[name]}</span>
                ),
            }))}
          />
        )}
      </Card>
    </>
  );
}
