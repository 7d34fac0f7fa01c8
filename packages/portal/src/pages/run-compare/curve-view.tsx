import { MultiSelect, SegmentedControl, Slider, Switch } from "@mantine/core";
import { mostCurveRuns } from "@pave/contract";
import { useState } from "react";
import { metricTitle } from "../../lib/group-metrics.ts";
import { sortMetrics } from "../../lib/metric-direction.ts";
import { Card } from "../../ui/card.tsx";
import layout from "../../ui/layout.module.css";
import { EmptyState } from "../../ui/query-view.tsx";
import classes from "./compare.module.css";
import { curveXOf, listOf, smoothingOf } from "./compare-search.ts";
import type { CompareViewProps } from "./compare-view-props.ts";
import { CurveChart } from "./curve-chart.tsx";
import { RunLegend } from "./run-legend.tsx";

const shownAtFirst = 6;
const mostShown = 24;

const ways = [
  { value: "step", label: "Step" },
  { value: "relative", label: "Relative" },
  { value: "time", label: "Time" },
];

/** Metrics as they went, one chart each, with a line for every run. */
export function CurveView(props: CompareViewProps) {
  const { project, search, onChange } = props;
  const [highlighted, setHighlighted] = useState<string | null>(null);
  const runs = props.runs.slice(0, mostCurveRuns);
  const names = sortMetrics([...new Set(runs.flatMap((run) => run.curves))]);
  const chosen = listOf(search.curves).filter((name) => names.includes(name));
  const shown = chosen.length > 0 ? chosen : names.slice(0, shownAtFirst);
  const weight = smoothingOf(search);
  const x = curveXOf(search);
  const log = search.log ?? "";
  const changeLog = (axis: "x" | "y", isOn: boolean) => {
    const next = ["x", "y"].filter((one) => (one === axis ? isOn : log.includes(one))).join("");
    onChange({ log: next || undefined });
  };
  if (names.length === 0)
    return (
      <Card>
        <EmptyState
          title="No curves"
          detail="A metric has a curve once it was logged at more than one step: mlflow.log_metric(name, value, step=epoch)."
        />
      </Card>
    );
  return (
    <>
      <Card>
        <div className={classes.controls}>
          <MultiSelect
            size="xs"
            className={classes.wide}
            aria-label="Metrics to show"
            placeholder={chosen.length === 0 ? `the first ${shown.length} of ${names.length}` : ""}
            data={names.map((value) => ({ value, label: metricTitle(value) }))}
            value={chosen}
            maxValues={mostShown}
            searchable
            clearable
            onChange={(next) => onChange({ curves: next.join(",") || undefined })}
          />
          <SegmentedControl
            size="xs"
            aria-label="Horizontal axis"
            data={ways}
            value={x}
            onChange={(next) => onChange({ x: next === "step" ? undefined : next })}
          />
          <Switch
            size="xs"
            label="log x"
            checked={log.includes("x") && x !== "time"}
            disabled={x === "time"}
            onChange={(event) => changeLog("x", event.currentTarget.checked)}
          />
          <Switch
            size="xs"
            label="log y"
            checked={log.includes("y")}
            onChange={(event) => changeLog("y", event.currentTarget.checked)}
          />
          <div className={classes.slider}>
            <span>smoothing {weight.toFixed(2)}</span>
            <Slider
              size="xs"
              style={{ flex: 1 }}
              thumbLabel="Smoothing"
              label={null}
              min={0}
              max={99}
              value={Math.round(weight * 100)}
              onChange={(next) => onChange({ smooth: next === 0 ? undefined : String(next) })}
            />
          </div>
        </div>
        <RunLegend runs={runs} highlighted={highlighted} onHighlight={setHighlighted} />
        {props.runs.length > runs.length ? (
          <p className={classes.limit}>
            Curves are drawn of the first {mostCurveRuns} of {props.runs.length} runs.
          </p>
        ) : null}
      </Card>
      <div className={layout.halves}>
        {shown.map((name) => (
          <CurveChart
            key={name}
            project={project}
            name={name}
            runs={runs}
            options={{ x, weight, isXLog: log.includes("x") && x !== "time", isYLog: log.includes("y") }}
            highlighted={highlighted}
          />
        ))}
      </div>
    </>
  );
}
