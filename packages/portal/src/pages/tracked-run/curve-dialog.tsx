import { Skeleton } from "@mantine/core";
import type { TrackedRunPage } from "@pave/contract";
import { Dialog } from "../../ui/dialog.tsx";
import { ErrorState } from "../../ui/query-view.tsx";
import { useLast } from "../../ui/use-last.ts";
import { CurveBar, type CurveChange } from "./curve-bar.tsx";
import { CurvePlot } from "./curve-plot.tsx";
import { curveText, lineOf } from "./curve-points.ts";
import type { TrackedSearch } from "./tracked-search.ts";
import { useRunCurvesQuery } from "./use-tracked-run-queries.ts";

const height = 420;

/** One curve, large. */
export function CurveDialog({
  project,
  run,
  search,
  onChange,
  onClose,
}: {
  project: string;
  run: TrackedRunPage;
  search: TrackedSearch;
  onChange: (change: CurveChange) => void;
  onClose: () => void;
}) {
  // what was looked at stays while the dialog fades
  const metric = useLast(search.metric);
  const isOpen = search.metric !== undefined;
  const query = useRunCurvesQuery({
    ...{ project, trackedRun: run.id, keys: metric === undefined ? [] : [metric], points: 1500 },
    isLive: isOpen && run.state === "running",
    isWanted: isOpen,
  });
  const curve = query.data?.items.find(({ key }) => key === metric);
  return (
    <Dialog opened={isOpen} onClose={onClose} title={metric} size="min(1100px, 94vw)">
      <CurveBar search={search} onChange={onChange} />
      {curve && metric !== undefined ? (
        <CurvePlot
          title={metric}
          line={lineOf(curve, search)}
          caption={curveText(curve)}
          search={search}
          height={height}
        />
      ) : query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton height={height + 60} aria-label="loading" />
      )}
    </Dialog>
  );
}
