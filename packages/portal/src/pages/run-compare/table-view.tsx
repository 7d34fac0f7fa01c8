import { Switch } from "@mantine/core";
import { type ComparedRun, counted } from "@pave/contract";
import { Card } from "../../ui/card.tsx";
import layout from "../../ui/layout.module.css";
import { EmptyState } from "../../ui/query-view.tsx";
import { aboutRows } from "./about-rows.tsx";
import classes from "./compare.module.css";
import { CompareTable } from "./compare-table.tsx";
import type { CompareViewProps } from "./compare-view-props.ts";
import { metricRows } from "./metric-rows.tsx";
import { paramRows } from "./rows.ts";
import { useSharedScroll } from "./use-shared-scroll.ts";

/** Where the runs come from, what they reached and what they were given, side by side. */
export function TableView(props: CompareViewProps) {
  const { project, runs, search, onChange } = props;
  const isAlone = runs.length === 1;
  const showsAll = isAlone || search.params === "all";
  const params = paramRows(runs);
  const metrics = metricRows(runs);
  const shownParams = showsAll ? params : params.filter(({ differs }) => differs);
  const shownMetrics = showsAll ? metrics : metrics.filter(({ varies }) => varies);
  const shared = { project, runs, scroll: useSharedScroll() };
  const onlyDiffering = isAlone ? undefined : (
    <Switch
      size="xs"
      labelPosition="left"
      label="only what differs"
      checked={!showsAll}
      onChange={(event) => onChange({ params: event.currentTarget.checked ? undefined : "all" })}
    />
  );
  return (
    <>
      <Card flush>
        <CompareTable
          {...shared}
          caption="Runs"
          rows={aboutRows(project, runs)}
          onLeaveOut={isAlone ? undefined : (run) => onChange({ ids: without(runs, run) })}
        />
      </Card>
      <Card title={isAlone ? "Metrics" : "Metrics, with the difference from the first run"} aside={onlyDiffering} flush>
        {shownMetrics.length === 0 ? (
          <EmptyState
            title={metrics.length === 0 ? "No metrics" : "No metric differs"}
            detail={
              metrics.length === 0
                ? "None of these runs has logged any."
                : `All runs have the same ${counted(metrics.length, "metric")}.`
            }
          />
        ) : (
          <CompareTable {...shared} caption="Metrics" rows={shownMetrics} />
        )}
      </Card>
      <Card title="Params" aside={onlyDiffering} flush>
        {shownParams.length === 0 ? (
          <EmptyState
            title={params.length === 0 ? "No params" : "No param differs"}
            detail={params.length === 0 ? undefined : `All runs have the same ${counted(params.length, "param")}.`}
          />
        ) : (
          <CompareTable
            {...shared}
            caption="Params"
            rows={shownParams.map(({ name, differs }) => ({
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

const without = (runs: readonly ComparedRun[], left: ComparedRun): string =>
  runs
    .filter(({ key }) => key !== left.key)
    .map(({ key }) => key)
    .join(",");
