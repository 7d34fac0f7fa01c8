import { ActionIcon } from "@mantine/core";
import type { ComparedRun } from "@pave/contract";
import { IconX } from "@tabler/icons-react";
import type { ReactNode, RefCallback } from "react";
import { RunLink } from "../run-list/run-link.tsx";
import classes from "./compare.module.css";
import { RunSwatch } from "./run-swatch.tsx";

export interface CompareRow {
  readonly name: string;
  readonly title?: ReactNode;
  readonly differs?: boolean;
  readonly cell: (run: ComparedRun, index: number) => ReactNode;
}

/** One column for each run, always in the same order; the first column stays while the others scroll. */
export function CompareTable({
  project,
  caption,
  runs,
  rows,
  scroll,
  onLeaveOut,
}: {
  project: string;
  caption: string;
  runs: readonly ComparedRun[];
  rows: readonly CompareRow[];
  /** Tables of the same runs scroll together. */
  scroll: RefCallback<HTMLElement>;
  onLeaveOut?: ((run: ComparedRun) => void) | undefined;
}) {
  return (
    <div ref={scroll} className={classes.scroll}>
      <table className={classes.table} style={{ minWidth: 210 + runs.length * 170 }} aria-label={caption}>
        <thead>
          <tr>
            <th scope="col">Run</th>
            {runs.map((run, index) => (
              <th key={run.key} scope="col">
                <span className={classes.key}>
                  <RunSwatch index={index} />
                  <RunLink project={project} run={run} className={classes.runName} title={run.name}>
                    {run.name}
                  </RunLink>
                  {onLeaveOut ? (
                    <ActionIcon
                      flex="none"
                      variant="subtle"
                      color="gray"
                      size="xs"
                      aria-label={`Leave out ${run.name}`}
                      onClick={() => onLeaveOut(run)}
                    >
                      <IconX size={12} />
                    </ActionIcon>
                  ) : null}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} className={row.differs ? classes.differs : undefined}>
              <th scope="row" title={row.name}>
                <span className={classes.rowTitle}>{row.title ?? row.name}</span>
              </th>
              {runs.map((run, index) => (
                <td key={run.key}>{row.cell(run, index)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
