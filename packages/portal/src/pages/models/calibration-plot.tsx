import { count, percent } from "../../lib/format.ts";
import { XyPlot } from "../../ui/xy-plot.tsx";
import type { EvaluationReport } from "./evaluation-report.ts";
import classes from "./plots.module.css";

/** On the diagonal, of the rows that were given 30 %, 30 % turn out positive. The larger a dot, the more rows. */
export function CalibrationPlot({ report }: { report: EvaluationReport }) {
  const bins = report.calibration.flatMap((bin) =>
    bin.predictedMean === null || bin.positiveRate === null
      ? []
      : [{ ...bin, predictedMean: bin.predictedMean, positiveRate: bin.positiveRate }],
  );
  const most = Math.max(1, ...bins.map(({ rows }) => rows));
  return (
    <XyPlot
      title="Calibration: predicted against actual rate"
      xLabel="predicted probability"
      yLabel="actual rate"
      xDomain={[0, 1]}
      yDomain={[0, 1]}
      xFormat={tick}
      yFormat={tick}
      legend={[
        { label: "this version, 10 bins", color: "--series-1" },
        { label: "perfectly calibrated", color: "--line-strong" },
      ]}
      readout={(x) => {
        const bin = report.calibration.find(({ from, to }) => x >= from && x <= to);
        if (!bin) return "";
        const where = `Predicted ${percent(bin.from, 0)} to ${percent(bin.to, 0)}`;
        return bin.positiveRate === null
          ? `${where}: no rows`
          : `${where}: ${percent(bin.positiveRate)} of ${count(bin.rows)} rows were positive`;
      }}
    >
      {(frame) => (
        <>
          <line x1={frame.x(0)} y1={frame.y(0)} x2={frame.x(1)} y2={frame.y(1)} className={classes.reference} />
          <polyline
            points={bins.map((bin) => `${frame.x(bin.predictedMean)},${frame.y(bin.positiveRate)}`).join(" ")}
            className={classes.curve}
          />
          {bins.map((bin) => (
            <circle
              key={bin.from}
              cx={frame.x(bin.predictedMean)}
              cy={frame.y(bin.positiveRate)}
              r={2.5 + 5 * Math.sqrt(bin.rows / most)}
              className={classes.dot}
            />
          ))}
        </>
      )}
    </XyPlot>
  );
}

const tick = (value: number): string => percent(value, 0);
