import { Skeleton } from "@mantine/core";
import type { TrackedRunPage } from "@pave/contract";
import { useInView } from "../../lib/use-in-view.ts";
import { Multiple } from "../../ui/multiples.tsx";
import { ErrorState } from "../../ui/query-view.tsx";
import { CurvePlot } from "./curve-plot.tsx";
import { curveText, lineOf } from "./curve-points.ts";
import classes from "./tracked-run.module.css";
import type { TrackedSearch } from "./tracked-search.ts";
import { useRunCurvesQuery } from "./use-tracked-run-queries.ts";

const height = 150;

/** Some curves that are read by one request, when one of them comes into view. */
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
  const [watch, isInView] = useInView<HTMLDivElement>();
  const query = useRunCurvesQuery({
    ...{ project, trackedRun: run.id, keys, points: 300 },
    isLive: run.state === "running" && isInView,
    isWanted: isInView,
  });
  const curves = new Map((query.data?.items ?? []).map((curve) => [curve.key, curve]));
  if (query.error && !query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return keys.map((key) => {
    const curve = curves.get(key);
    const title = titleOf(key);
    return (
      <div key={key} ref={watch} className={classes.cell}>
        <Multiple name={title} aside={null} numbers="">
          {curve ? (
            <button type="button" className={classes.chart} aria-label={`Enlarge ${title}`} onClick={() => onOpen(key)}>
              <CurvePlot
                title={title}
                line={lineOf(curve, search)}
                caption={curveText(curve)}
                search={search}
                height={height}
              />
            </button>
          ) : isInView ? (
            <Skeleton height={height + 36} aria-label="loading" />
          ) : (
            <div style={{ height: height + 36 }} />
          )}
        </Multiple>
      </div>
    );
  });
}
