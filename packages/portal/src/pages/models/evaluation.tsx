import type { ModelVersion } from "@pave/contract";
import { useMemo } from "react";
import { Card } from "../../ui/card.tsx";
import layout from "../../ui/layout.module.css";
import { EmptyState } from "../../ui/query-view.tsx";
import { WithCode } from "../../ui/with-code.tsx";
import { CalibrationPlot } from "./calibration-plot.tsx";
import { Confusion } from "./confusion.tsx";
import { readReport } from "./evaluation-report.ts";
import { MetricsTable } from "./metrics-table.tsx";
import { RocPlot } from "./roc-plot.tsx";
import { ScorePlot } from "./score-plot.tsx";
import { Slices } from "./slices.tsx";

/** How it does on rows it has not seen: curves, calibration, scores, and parts of the data by themselves. */
export function Evaluation({ version }: { version: ModelVersion }) {
  const report = useMemo(() => readReport(version.evaluation?.report), [version.evaluation?.report]);
  if (!report) {
    const none = (
      <Card title="Evaluation">
        <EmptyState
          title={version.evaluation ? "This evaluation has no charts" : "Not evaluated"}
          detail={
            <WithCode text="Name the evaluation's metrics in `models:` of `pave.yaml`; `pave/evaluate-classifier` writes the report that is drawn here." />
          }
        />
      </Card>
    );
    if (Object.keys(version.metrics).length === 0) return none;
    return (
      <div className={layout.halves}>
        <MetricsTable metrics={version.metrics} />
        {none}
      </div>
    );
  }
  return (
    <>
      <div className={layout.thirds}>
        <Card title="ROC curve" aside={`predicts ${report.target} = ${report.positive}`}>
          <RocPlot report={report} auc={version.metrics.roc_auc} />
        </Card>
        <Card title="Calibration" aside="predicted against actual">
          <CalibrationPlot report={report} />
        </Card>
        <Card title="Scores" aside={`by actual ${report.target}`}>
          <ScorePlot report={report} />
        </Card>
      </div>
      <div className={layout.thirds}>
        <MetricsTable metrics={version.metrics} />
        <Confusion report={report} />
        {report.slices.slice(0, 1).map((slice) => (
          <Slices key={slice.column} slice={slice} />
        ))}
      </div>
      {report.slices.length > 1 ? (
        <div className={layout.thirds}>
          {report.slices.slice(1).map((slice) => (
            <Slices key={slice.column} slice={slice} />
          ))}
        </div>
      ) : null}
    </>
  );
}
