import { counted, type RunGroup } from "@pave/contract";
import { IconChevronRight } from "@tabler/icons-react";
import { metric as metricText } from "../../lib/format.ts";
import { metricTitle } from "../../lib/group-metrics.ts";
import { directionOf } from "../../lib/metric-direction.ts";
import { GridCell } from "./grid-parts.tsx";
import classes from "./run-grid.module.css";
import { RunLink } from "./run-link.tsx";
import { bestOfGroup } from "./sort-groups.ts";

/** The heading of a group: what its runs have in common, how many they are, how they do. */
export function GroupRow(props: {
  readonly project: string;
  readonly by: string;
  readonly group: RunGroup;
  readonly isOpen: boolean;
  readonly metric: string | undefined;
  readonly onToggle: () => void;
}) {
  const { project, by, group, isOpen, metric, onToggle } = props;
  const name = by.slice(by.indexOf(".") + 1);
  const title = group.run?.name ?? group.value ?? (by === "parent" ? "no parent" : "none");
  return (
    <GridCell className={classes.groupCell}>
      <button
        type="button"
        className={classes.groupToggle}
        aria-expanded={isOpen}
        aria-label={`${title}: ${counted(group.count, "run")}`}
        onClick={onToggle}
      >
        <IconChevronRight size={14} data-open={isOpen || undefined} />
        {by === "parent" ? <span className={classes.kind}>below</span> : <span className={classes.kind}>{name}</span>}
        {group.run ? null : <b className={group.value === null ? classes.kind : undefined}>{title}</b>}
      </button>
      {group.run ? (
        <RunLink project={project} run={group.run} className={classes.name}>
          {group.run.name}
        </RunLink>
      ) : null}
      <GroupFigures group={group} metric={metric} />
    </GridCell>
  );
}

/** `isBrief` where they stand beside the name of a run. */
export function GroupFigures(props: {
  readonly group: RunGroup;
  readonly metric: string | undefined;
  readonly isBrief?: boolean;
}) {
  const { group, metric, isBrief = false } = props;
  const word = metric !== undefined && directionOf(metric) === "neither" ? "highest" : "best";
  const best = metric === undefined ? null : bestOfGroup(group, metric);
  return (
    <span className={classes.figures}>
      <span>{counted(group.count, "run")}</span>
      {best !== null && group.metric !== null && metric !== undefined ? (
        <span>
          {isBrief ? "" : `${metricTitle(metric)} `}
          {word} <b>{metricText(best)}</b>
          {isBrief ? null : (
            <>
              , mean <b>{metricText(group.metric.mean)}</b>
            </>
          )}
        </span>
      ) : null}
    </span>
  );
}
