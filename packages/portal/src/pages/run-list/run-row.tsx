import type { RunGroup, TrackedRunSummary } from "@pave/contract";
import { counted } from "@pave/contract";
import { IconChevronRight } from "@tabler/icons-react";
import { memo } from "react";
import type { GridColumn } from "./grid-columns.ts";
import { GridCell } from "./grid-parts.tsx";
import { GroupFigures } from "./group-row.tsx";
import { kindText, RunCell } from "./run-cell.tsx";
import classes from "./run-grid.module.css";
import { RunLink } from "./run-link.tsx";

export interface RunRowProps {
  readonly project: string;
  readonly run: TrackedRunSummary;
  readonly row: number;
  readonly depth: number;
  /** The runs below it, in a tree. */
  readonly group: RunGroup | undefined;
  readonly isOpen: boolean;
  readonly columns: readonly GridColumn[];
  readonly isSelected: boolean;
  readonly metric: string | undefined;
  readonly onSelect: (row: number, run: TrackedRunSummary, isRange: boolean) => void;
  readonly onToggle: (row: number) => void;
}

/** The cells of a run. Drawn anew only when one of them changes: rows pass by as one scrolls. */
export const RunRow = memo(function RunRow(props: RunRowProps) {
  const { project, run, row, depth, group, isOpen, columns, isSelected, metric } = props;
  return (
    <>
      <GridCell className={classes.pick}>
        {/* the browser's own: the kit's takes as long to draw as all other cells together */}
        <input
          type="checkbox"
          className={classes.check}
          aria-label={`Select ${run.name}`}
          checked={isSelected}
          onChange={(event) => props.onSelect(row, run, (event.nativeEvent as MouseEvent).shiftKey)}
        />
      </GridCell>
      <GridCell className={classes.nameCell} style={{ paddingLeft: 6 + depth * 18 }}>
        {group ? (
          <button
            type="button"
            className={classes.toggle}
            aria-expanded={isOpen}
            aria-label={`${counted(group.count, "run")} below ${run.name}`}
            onClick={() => props.onToggle(row)}
          >
            <IconChevronRight size={14} data-open={isOpen || undefined} />
          </button>
        ) : null}
        <RunLink project={project} run={run} className={classes.name} title={run.name}>
          {run.name}
        </RunLink>
        {group ? (
          <GroupFigures group={group} metric={metric} isBrief />
        ) : (
          <span className={classes.kind}>{kindText(run, project)}</span>
        )}
      </GridCell>
      {columns.map(({ id, isNumeric }) => (
        <GridCell key={id} className={classes.cell} data-numeric={isNumeric || undefined}>
          <RunCell id={id} run={run} />
        </GridCell>
      ))}
    </>
  );
});
