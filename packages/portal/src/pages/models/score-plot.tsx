import { count, percent } from "../../lib/format.ts";
import { XyPlot } from "../../ui/xy-plot.tsx";
import type { EvaluationReport } from "./evaluation-report.ts";
import classes from "./plots.module.css";

/** How many rows of each class got which score; the less the two overlap, the better they are told apart. */
export function ScorePlot({ report }: { report: EvaluationReport }) {
  const { positives, negatives, from, to } = report.histogram;
  const width = (to - from) / Math.max(1, positives.length);
  const most = Math.max(1, ...positives.map((value, index) => value + (negatives[index] ?? 0)));
  return (
    <XyPlot
      title="Histogram of scores by class"
      xLabel="score (probability)"
      yLabel="rows"
      xDomain={[from, to]}
      yDomain={[0, most]}
      xFormat={(value) => percent(value, 0)}
      yFormat={short}
      legend={[
        { label: `${report.target} = ${report.positive}`, color: "--series-3" },
        { label: "the others", color: "--series-2" },
      ]}
      readout={(x) => {
        const bin = Math.min(positives.length - 1, Math.max(0, Math.floor((x - from) / width)));
        return `Scores ${percent(from + bin * width, 0)} to ${percent(from + (bin + 1) * width, 0)}: ${count(positives[bin])} positive, ${count(negatives[bin])} negative rows`;
      }}
    >
      {(frame) =>
        positives.map((positive, index) => {
          const negative = negatives[index] ?? 0;
          const left = frame.x(from + index * width) + 0.75;
          const barWidth = Math.max(1, frame.x(from + (index + 1) * width) - left - 0.75);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
            <g key={index}>
              <rect
                x={left}
                width={barWidth}
                y={frame.y(negative)}
                height={frame.y(0) - frame.y(negative)}
                className={classes.negative}
              />
              <rect
                x={left}
                width={barWidth}
                y={frame.y(positive + negative)}
                height={frame.y(negative) - frame.y(positive + negative)}
                className={classes.positive}
              />
            </g>
          );
        })
      }
    </XyPlot>
  );
}

const short = (value: number): string => new Intl.NumberFormat("en", { notation: "compact" }).format(value);
