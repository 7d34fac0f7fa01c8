import { Button, Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { CopyLine } from "../../ui/copy-line.tsx";
import { EmptyState, ErrorState } from "../../ui/query-view.tsx";
import classes from "./run-list.module.css";
import type { useRunRows } from "./use-run-rows.ts";

const bars = Array.from({ length: 12 }, (_, index) => index);

/** What stands in place of the table: while it loads, where nothing fits or is there, and when it cannot be read. */
export function RunsState(props: {
  readonly rows: Pick<ReturnType<typeof useRunRows>, "isLoaded" | "isStale" | "error" | "layout" | "refetch">;
  readonly refused: boolean;
  readonly isFiltered: boolean;
  readonly onClear: () => void;
  readonly children: ReactNode;
}) {
  const { rows, refused, isFiltered, onClear, children } = props;
  if (refused && (!rows.isLoaded || rows.isStale))
    return (
      <EmptyState
        title="These conditions cannot be searched for"
        detail="Write metrics.auc > 0.9 or params.model = 'forest' or run_name LIKE 'train%', joined by AND; or a part of a name."
      />
    );
  if (!rows.isLoaded && rows.error) return <ErrorState error={rows.error} onRetry={rows.refetch} />;
  if (!rows.isLoaded)
    return (
      <div className={classes.loading} role="status" aria-busy="true" aria-label="loading">
        {bars.map((bar) => (
          <Skeleton key={bar} height={16} radius="sm" />
        ))}
      </div>
    );
  if (rows.layout.count > 0) return <>{children}</>;
  return isFiltered ? (
    <EmptyState title="No run fits" detail="No run of this project meets all of these conditions.">
      <Button variant="default" onClick={onClear}>
        Show all runs
      </Button>
    </EmptyState>
  ) : (
    <EmptyState
      title="No run yet"
      detail="A run executes a pipeline: checked whole before it starts, cached, tracked. What your own code logs with MLflow appears here as well."
    >
      <CopyLine text="pave run" />
    </EmptyState>
  );
}
