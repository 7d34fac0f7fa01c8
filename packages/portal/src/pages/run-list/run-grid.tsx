import type { TrackedRunSummary } from "@pave/contract";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useMemo, useRef } from "react";
import type { GridColumn } from "./grid-columns.ts";
import { gridTemplate, gridWidth } from "./grid-columns.ts";
import { GridHead } from "./grid-head.tsx";
import { GridCell, GridRow } from "./grid-parts.tsx";
import { GroupRow } from "./group-row.tsx";
import classes from "./run-grid.module.css";
import { RunRow } from "./run-row.tsx";
import { useGridKeys } from "./use-grid-keys.ts";
import { useKeptPlace } from "./use-kept-place.ts";
import type { useRunRows } from "./use-run-rows.ts";

/** All rows are as high, so that where each stands is known before it is there. */
const rowHeight = 36;
const headHeight = 34;
const stride = 25;

interface GridProps {
  readonly project: string;
  readonly rows: ReturnType<typeof useRunRows>;
  readonly by: string | undefined;
  readonly metric: string | undefined;
  readonly columns: readonly GridColumn[];
  readonly nameWidth: number;
  readonly order: string | undefined;
  readonly onOrder: (key: string, first: "ASC" | "DESC") => void;
  readonly onWidth: (id: string, width: number) => void;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (row: number, run: TrackedRunSummary, isRange: boolean) => void;
}

/** The runs as rows of which only those in sight are drawn, however many there are. */
export function RunGrid(props: GridProps) {
  const { project, rows, by, metric, columns, selected, onSelect } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { layout, rowAt, setRange, toggle } = rows;
  const virtual = useVirtualizer({
    count: layout.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
    scrollPaddingStart: headHeight,
    useFlushSync: false,
  });
  const items = virtual.getVirtualItems();
  const [from, to] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  // the page around the table is drawn anew only every so many rows
  const [lowest, highest] = [Math.floor(from / stride) * stride, Math.ceil((to + 1) / stride) * stride];
  useEffect(() => setRange({ from: lowest, to: highest }), [lowest, highest, setRange]);
  useKeptPlace({ scroller, rowAt, first: from, last: to, rowHeight, headHeight });

  const toggleRow = useCallback(
    (index: number) => {
      const row = rowAt(index);
      if (row?.kind === "heading") toggle(row.group.value, null);
      else if (row?.group) toggle(row.group.value, { scope: row.scope.key, index: row.index });
    },
    [rowAt, toggle],
  );
  const active = useGridKeys({
    project,
    count: layout.count,
    rowAt,
    toggleRow,
    onSelect,
    scroller,
    onMove: (index) => virtual.scrollToIndex(index, { align: "auto" }),
  });
  const template = useMemo(() => gridTemplate(columns, props.nameWidth), [columns, props.nameWidth]);
  const width = gridWidth(columns, props.nameWidth);
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows that are not there have no table element to stand in
    <div
      ref={scroller}
      className={classes.scroller}
      role="grid"
      aria-label="Runs"
      aria-rowcount={layout.count + 1}
      aria-colcount={columns.length + 2}
      aria-multiselectable
      aria-busy={rows.isStale}
      aria-activedescendant={active === null ? undefined : `run-row-${active}`}
      data-stale={rows.isStale || undefined}
      tabIndex={0}
    >
      <div style={{ width: `max(100%, ${width}px)` }}>
        <GridHead
          columns={columns}
          nameWidth={props.nameWidth}
          template={template}
          order={props.order}
          onOrder={props.onOrder}
          onWidth={props.onWidth}
        />
        <div className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = rowAt(index);
            const isSelected = row?.kind === "run" && row.run !== undefined && selected.has(row.run.id);
            return (
              <GridRow
                key={index}
                id={`run-row-${index}`}
                aria-rowindex={index + 2}
                aria-selected={isSelected}
                aria-level={row?.kind === "run" ? row.depth + 1 : 1}
                className={classes.row}
                data-active={index === active || undefined}
                data-kind={row?.kind}
                style={{ transform: `translateY(${start}px)`, gridTemplateColumns: template }}
              >
                {row === undefined ? null : row.kind === "heading" ? (
                  <GroupRow
                    project={project}
                    by={by ?? "parent"}
                    group={row.group}
                    isOpen={row.isOpen}
                    metric={metric}
                    onToggle={() => toggleRow(index)}
                  />
                ) : row.run === undefined ? (
                  <GridCell className={classes.waiting} aria-label="loading" />
                ) : (
                  <RunRow
                    project={project}
                    run={row.run}
                    row={index}
                    depth={row.depth}
                    group={row.group}
                    isOpen={row.isOpen}
                    columns={columns}
                    isSelected={isSelected}
                    metric={metric}
                    onSelect={onSelect}
                    onToggle={toggleRow}
                  />
                )}
              </GridRow>
            );
          })}
        </div>
      </div>
    </div>
  );
}
