import type { Truth, TruthWindow } from "@pave/contract";
import { count, duration, metric, percent } from "../../lib/format.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { windowText } from "./window-text.ts";

/** Every number of every window, the newest first. */
export function TruthTable({ truth }: { truth: Truth }) {
  return (
    <DataTable
      caption="Predicted and actual"
      rows={truth.windows.toReversed()}
      columns={columnsFor(truth)}
      rowKey={({ start }) => start}
      empty={null}
      stays
    />
  );
}

type Estimate = TruthWindow["actual"];
const none = <span className={layout.soft}>–</span>;

function columnsFor({ by, kind }: Truth): readonly Column<TruthWindow>[] {
  const isShare = kind === "binary";
  const number = (value: number) => (isShare ? percent(value) : metric(value));
  const signed = (value: number) => (value < 0 ? `−${number(-value)}` : `+${number(value)}`);
  const plain = (title: string, of: (window: TruthWindow) => Estimate, format = number): Column<TruthWindow> => ({
    key: title,
    title,
    numeric: true,
    tight: true,
    cell: (window) => withRange(of(window), format),
  });
  const share = (value: number) => percent(value);
  const figures: readonly Column<TruthWindow>[] =
    kind === "number"
      ? [
          plain("Gap", ({ gap }) => gap, signed),
          plain("Mean error", ({ meanAbsoluteError }) => meanAbsoluteError),
          plain("Root of squares", ({ rootMeanSquaredError }) => rootMeanSquaredError),
        ]
      : isShare
        ? [
            plain("Gap", ({ gap }) => gap, signed),
            plain("Accuracy", ({ accuracy }) => accuracy, share),
            plain("AUC", ({ auc }) => auc, metric),
            plain("Brier", ({ brier }) => brier, metric),
          ]
        : [plain("Accuracy", ({ accuracy }) => accuracy, share)];
  return [
    {
      key: "window",
      title: by === "week" ? "Week of" : by === "day" ? "Day" : "Hour",
      tight: true,
      cell: ({ start }) => <b>{windowText(by, start, true)}</b>,
    },
    { key: "rows", title: "Labels", numeric: true, cell: ({ rows }) => count(rows) },
    {
      key: "coverage",
      title: "Coverage",
      numeric: true,
      cell: ({ coverage }) => (coverage === null ? none : percent(coverage, 0)),
    },
    ...(kind === "label" || kind === "other"
      ? []
      : [
          plain("Predicted", ({ predicted }) => predicted && { ...predicted, low: Number.NaN }),
          plain("Actual", ({ actual }) => actual),
        ]),
    ...figures,
    {
      key: "age",
      title: "Label age",
      numeric: true,
      tight: true,
      cell: ({ labelAge }) => (labelAge ? duration(labelAge.p50) : none),
    },
  ];
}

function withRange(estimate: Estimate, format: (value: number) => string) {
  if (!estimate) return none;
  return (
    <>
      {format(estimate.value)}
      {Number.isNaN(estimate.low) ? null : (
        <div className={layout.soft}>
          {format(estimate.low)} to {format(estimate.high)}
        </div>
      )}
    </>
  );
}
