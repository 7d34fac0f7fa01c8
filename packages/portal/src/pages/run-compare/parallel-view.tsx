import { Button, MultiSelect, Select } from "@mantine/core";
import { counted } from "@pave/contract";
import { useMemo, useState } from "react";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/query-view.tsx";
import { ColorKey } from "./color-key.tsx";
import classes from "./compare.module.css";
import { brushesOf, brushText, listOf } from "./compare-search.ts";
import type { CompareViewProps } from "./compare-view-props.ts";
import { FieldTable } from "./field-table.tsx";
import { ParallelPlot } from "./parallel-plot.tsx";
import { axisOf, defaultAxes, fieldChoices, fieldsOf, fieldValue, judging, placeOn } from "./run-fields.ts";

const mostAxes = 12;

/** Each run as a line across params and metrics; what is brushed on an axis leaves only the runs that pass there. */
export function ParallelView(props: CompareViewProps) {
  const { project, runs, search, onChange } = props;
  const [highlighted, setHighlighted] = useState<string | null>(null);
  const fields = useMemo(() => fieldsOf(runs), [runs]);
  const all = [...fields.params, ...fields.metrics];
  const chosen = listOf(search.axes).filter((id) => all.includes(id));
  const ids = chosen.length > 0 ? chosen : defaultAxes(runs);
  const axes = ids.slice(0, mostAxes).map((id) => axisOf(runs, id));
  const color = search.color && all.includes(search.color) ? search.color : judging(fields.metrics)[0];
  const brushes = brushesOf(search.brush);
  const kept = runs.filter((run) =>
    axes.every((axis) => {
      const brush = brushes.get(axis.id);
      const place = placeOn(axis, fieldValue(run, axis.id));
      return !brush || (place !== null && place >= brush[0] - 1e-9 && place <= brush[1] + 1e-9);
    }),
  );
  if (axes.length < 2)
    return (
      <Card>
        <EmptyState
          title="Too little to lay out"
          detail="Parallel coordinates take two params or metrics at least in which the runs differ."
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
            aria-label="Axes"
            placeholder={chosen.length === 0 ? "axes: what differs, and the metrics that judge" : ""}
            data={fieldChoices(fields)}
            value={chosen}
            maxValues={mostAxes}
            searchable
            clearable
            onChange={(next) => onChange({ axes: next.join(",") || undefined })}
          />
          <Select
            size="xs"
            w={190}
            aria-label="Colour"
            data={fieldChoices(fields)}
            value={color ?? null}
            searchable
            onChange={(next) => onChange({ color: next ?? undefined })}
          />
          {brushes.size > 0 ? (
            <Button size="xs" variant="default" onClick={() => onChange({ brush: undefined })}>
              Clear the brushes
            </Button>
          ) : null}
        </div>
        <ParallelPlot
          runs={runs}
          kept={new Set(kept.map(({ key }) => key))}
          axes={axes}
          color={color ? axisOf(runs, color) : null}
          brushes={brushes}
          highlighted={highlighted}
          onHighlight={setHighlighted}
          onBrush={(next) => onChange({ brush: brushText(next) })}
        />
        {color ? <ColorKey axis={axisOf(runs, color)} /> : null}
        <p className={classes.limit} role="status">
          {kept.length === runs.length
            ? `${counted(runs.length, "run")}. Drag along an axis to keep the runs that pass there; a click on it takes that back.`
            : `${kept.length} of ${counted(runs.length, "run")} pass.`}
        </p>
      </Card>
      <Card title={kept.length === runs.length ? "Runs" : "Runs that pass"} flush>
        <FieldTable
          project={project}
          runs={kept}
          fields={axes.map(({ id }) => id)}
          highlighted={highlighted}
          onHighlight={setHighlighted}
        />
      </Card>
    </>
  );
}
