import { percent } from "../../lib/format.ts";
import { pathOf, XyPlot } from "../../ui/xy-plot.tsx";
import type { EvaluationReport } from "./evaluation-report.ts";
import classes from "./plots.module.css";

type Point = EvaluationReport["roc"][number];

export function RocPlot({ report, auc }: { report: EvaluationReport; auc: number | undefined }) {
  const points = report.roc.map(
    ({ falsePositiveRate, truePositiveRate }) => [falsePositiveRate, truePositiveRate] as const,
  );
  const atThreshold = report.roc.findLast(({ threshold }) => threshold !== null && threshold >= report.threshold);
  return (
    <XyPlot
      title={`ROC curve${auc === undefined ? "" : `, area ${auc.toFixed(3)}`}`}
      xLabel="false positive rate (share of negatives)"
      yLabel="true positive rate"
      xDomain={[0, 1]}
      yDomain={[0, 1]}
      xFormat={percentTick}
      yFormat={percentTick}
      legend={[
        { label: `this version${auc === undefined ? "" : `, AUC ${auc.toFixed(4)}`}`, color: "--series-1" },
        { label: "guessing, AUC 0.5", color: "--line-strong" },
      ]}
      readout={(x) => readoutAt(report.roc, x)}
    >
      {(frame) => (
        <>
          <path
            d={pathOf(frame, [
              [0, 0],
              [1, 1],
            ])}
            className={classes.reference}
          />
          <path
            d={`${pathOf(frame, points)}L${frame.x(1)} ${frame.y(0)}L${frame.x(0)} ${frame.y(0)}Z`}
            className={classes.area}
          />
          <path d={pathOf(frame, points)} className={classes.curve} />
          {atThreshold ? (
            <circle
              cx={frame.x(atThreshold.falsePositiveRate)}
              cy={frame.y(atThreshold.truePositiveRate)}
              r={4}
              className={classes.dot}
            >
              <title>at the threshold {report.threshold}</title>
            </circle>
          ) : null}
        </>
      )}
    </XyPlot>
  );
}

const percentTick = (value: number): string => percent(value, 0);

function readoutAt(roc: readonly Point[], x: number): string {
  const point = roc.reduce<Point | undefined>(
    (best, one) => (best && Math.abs(best.falsePositiveRate - x) <= Math.abs(one.falsePositiveRate - x) ? best : one),
    undefined,
  );
  if (!point) return "";
  const threshold = point.threshold === null ? "" : `From a score of ${point.threshold.toFixed(3)}: `;
  return `${threshold}finds ${percent(point.truePositiveRate)} of the positives, with ${percent(point.falsePositiveRate)} of the negatives taken for positive`;
}
