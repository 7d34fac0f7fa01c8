import { Select } from "@mantine/core";
import { type ComparedRun, counted } from "@pave/contract";
import { useMemo, useState } from "react";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/query-view.tsx";
import { type XyFrame, XyPlot } from "../../ui/xy-plot.tsx";
import { numberText } from "./axis-marks.ts";
import { ColorKey, colorAt } from "./color-key.tsx";
import classes from "./compare.module.css";
import type { CompareViewProps } from "./compare-view-props.ts";
import { FieldTable, fieldText } from "./field-table.tsx";
import {
  axisOf,
  type FieldId,
  fieldChoices,
  fieldLabel,
  fieldsOf,
  fieldValue,
  hasSpread,
  judging,
  placeOn,
} from "./run-fields.ts";
import { nearestMark, plotDomain, plotValue } from "./scatter-marks.ts";

/** Any param or metric against any other, with a third as colour. */
export function ScatterView(props: CompareViewProps) {
  const { project, runs, search, onChange } = props;
  const [highlighted, setHighlighted] = useState<string | null>(null);
  const fields = useMemo(() => fieldsOf(runs), [runs]);
  const all = [...fields.params, ...fields.metrics];
  const known = (id: FieldId | undefined) => (id !== undefined && all.includes(id) ? id : undefined);
  const judges = judging(fields.metrics);
  const sy = known(search.sy) ?? judges[0] ?? all[0];
  const sx =
    known(search.sx) ?? fields.params.find((id) => hasSpread(runs, id)) ?? judges[1] ?? all.find((id) => id !== sy);
  const color = known(search.color);
  if (sx === undefined || sy === undefined)
    return (
      <Card>
        <EmptyState title="Too little to lay out" detail="A scatter plot takes two params or metrics of the runs." />
      </Card>
    );
  const [xAxis, yAxis, colorAxis] = [axisOf(runs, sx), axisOf(runs, sy), color ? axisOf(runs, color) : null];
  const marks = runs.flatMap((run) => {
    const [x, y] = [plotValue(xAxis, fieldValue(run, sx)), plotValue(yAxis, fieldValue(run, sy))];
    return x === null || y === null ? [] : [{ run, key: run.key, x, y }];
  });
  const shown = marks.find(({ key }) => key === highlighted);
  const select = (
    label: string,
    value: FieldId | undefined,
    onSelect: (id: FieldId | undefined) => void,
    clears = false,
  ) => (
    <Select
      size="xs"
      w={210}
      label={label}
      data={fieldChoices(fields)}
      value={value ?? null}
      placeholder="one colour"
      searchable
      clearable={clears}
      allowDeselect={clears}
      onChange={(next) => onSelect(next ?? undefined)}
    />
  );
  return (
    <>
      <Card>
        <div className={classes.controls}>
          {select("Across", sx, (next) => onChange({ sx: next }))}
          {select("Up", sy, (next) => onChange({ sy: next }))}
          {select("Colour", color, (next) => onChange({ color: next }), true)}
        </div>
        <XyPlot
          title={`${fieldLabel(sy)} against ${fieldLabel(sx)} of ${marks.length} runs`}
          xLabel={fieldLabel(sx)}
          yLabel={fieldLabel(sy)}
          xDomain={plotDomain(xAxis)}
          yDomain={plotDomain(yAxis)}
          xFormat={(value) => markText(xAxis, value)}
          yFormat={(value) => markText(yAxis, value)}
          isXLog={xAxis.type === "number" && xAxis.isLog}
          isYLog={yAxis.type === "number" && yAxis.isLog}
          height={380}
          legend={[]}
          readout={() => (shown ? <Told run={shown.run} fields={[sx, sy, ...(color ? [color] : [])]} /> : null)}
          onPlace={(place, frame: XyFrame) => setHighlighted(place ? nearestMark(marks, place, frame) : null)}
        >
          {(frame) =>
            marks.map(({ run, key, x, y }) => (
              <circle
                key={key}
                className={classes.mark}
                data-run={key}
                cx={frame.x(x)}
                cy={frame.y(y)}
                r={key === highlighted ? 7 : 4.5}
                style={{
                  fill: colorAxis ? colorAt(placeOn(colorAxis, fieldValue(run, colorAxis.id))) : "var(--series-2)",
                }}
              />
            ))
          }
        </XyPlot>
        {colorAxis ? <ColorKey axis={colorAxis} /> : null}
        {marks.length < runs.length ? (
          <p className={classes.limit}>
            {counted(runs.length - marks.length, "run")} without one of the two is not drawn.
          </p>
        ) : null}
      </Card>
      <Card title="Runs" flush>
        <FieldTable
          project={project}
          runs={runs}
          fields={[...new Set([sx, sy, ...(color ? [color] : [])])]}
          highlighted={highlighted}
          onHighlight={setHighlighted}
        />
      </Card>
    </>
  );
}

const markText = (axis: ReturnType<typeof axisOf>, value: number): string =>
  axis.type === "text" ? (axis.values[value] ?? "") : numberText(value);

function Told({ run, fields }: { run: ComparedRun; fields: readonly FieldId[] }) {
  return (
    <>
      <b>{run.name}</b>
      {fields.map((id) => (
        <span key={id}>
          {fieldLabel(id)} <b>{fieldText(run, id)}</b>
        </span>
      ))}
    </>
  );
}
