import type { ModelVersion } from "@pave/contract";
import { bytes, count, metric, milliseconds } from "../../lib/format.ts";
import { Figures } from "../../ui/facts.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { readReport } from "./evaluation-report.ts";

/** The numbers that are asked for first, each with what it was measured on; of a client's version, those that it has. */
export function VersionFigures({ version }: { version: ModelVersion }) {
  const { metrics, check } = version;
  const interval = readReport(version.evaluation?.report)?.intervals?.roc_auc;
  const rows = metrics.rows;
  return (
    <Figures
      figures={[
        {
          label: "ROC AUC",
          value: number(metrics.roc_auc),
          context: interval ? `${interval.low.toFixed(3)} to ${interval.high.toFixed(3)} (95 %)` : "on the test set",
        },
        {
          label: "Average precision",
          value: number(metrics.average_precision),
          context: baseline(metrics.positive_rate),
        },
        { label: "Log loss", value: number(metrics.log_loss), context: "lower is better" },
        {
          label: "Calibration error",
          value: number(metrics.expected_calibration_error),
          context: "lower is better",
        },
        { label: "Test rows", value: rows === undefined ? "–" : count(rows), context: "not seen in training" },
        {
          label: "Latency",
          value: milliseconds(check?.p50Ms),
          context: check ? (
            <span title={`loads in ${milliseconds(check.loadMs)}`}>median of one row</span>
          ) : (
            "not checked"
          ),
        },
        {
          label: "Size",
          value: bytes(version.bytes),
          context: (
            <>
              registered <TimeAgo at={version.createdAt} />
            </>
          ),
        },
      ].filter(({ value }) => value !== "–" || version.lineage.run !== null)}
    />
  );
}

const number = (value: number | undefined): string => (value === undefined ? "–" : metric(value));
const baseline = (positiveRate: number | undefined): string =>
  positiveRate === undefined ? "on the test set" : `guessing gives ${positiveRate.toFixed(3)}`;
