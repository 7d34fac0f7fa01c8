import { Skeleton } from "@mantine/core";
import type { TrackedRunPage } from "@pave/contract";
import { useInView } from "../../lib/use-in-view.ts";
import { Multiple, Multiples } from "../../ui/multiples.tsx";
import { ErrorState } from "../../ui/query-view.tsx";
import { CurvePlot } from "./curve-plot.tsx";
import { curveText, pointsOf } from "./curve-points.ts";
import classes from "./tracked-run.module.css";
import type { TrackedSearch } from "./tracked-search.ts";
import { useRunCurvesQuery } from "./use-tracked-run-queries.ts";

const height = 150;

/** Some curves, read when they come into view. */
export function CurveChunk({
  project,
  run,
  keys,
  search,
  titleOf,
  onOpen,
}: {
  project: string;
  run: TrackedRunPage;
  keys: readonly string[];
  search: TrackedSearch;
  titleOf: (key: string) => string;
  onOpen: (key: string) => void;
}) {
  const [ref, isInView] = useInView<HTMLDivElement>();
  const isLive = run.state === "running";
  const query = useRunCurvesQuery({
    ...{ project, trackedRun: run.id, keys, points: 300 },
    isLive: isLive && isInView,
    isWanted: isInView,
  });
  const curves = new Map((query.data?.items ?? []).map((curve) => [curve.key, curve]));
  return (
    <div ref={ref} className={classes.chunk}>
      {query.error && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Multiples>
          {keys.map((key) => {
            const curve = curves.get(key);
            const title = titleOf(key);
            return (
              <Multiple key={key} name={title} aside={null} numbers={curve ? curveText(curve) : "\u00a0"}>
                {curve ? (
                  <button
                    type="button"
                    className={classes.chart}
                    aria-label={`Enlarge ${title}`}
                    onClick={() => onOpen(key)}
                  >
                    <CurvePlot title={title} points={pointsOf(curve, search)} search={search} height={height} />
                  </button>
                ) : isInView ? (
                  <Skeleton height={height + 36} aria-label="loading" />
                ) : (
                  <div style={{ height: height + 36 }} />
                )}
              </Multiple>
            );
          })}
        </Multiples>
      )}
    </div>
  );
}
