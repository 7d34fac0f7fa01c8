import { count, percent } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import type { EvaluationReport } from "./evaluation-report.ts";
import classes from "./plots.module.css";

export function Confusion({ report }: { report: EvaluationReport }) {
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = report.confusion;
  const all = truePositives + falsePositives + trueNegatives + falseNegatives;
  const cell = (value: number, isRight: boolean) => (
    <td className={classes.cell} data-right={isRight || undefined} data-wrong={!isRight || undefined}>
      <b>{count(value)}</b>
      {all === 0 ? "" : percent(value / all)}
    </td>
  );
  return (
    <Card title="Right and wrong" aside={`from a score of ${report.threshold}`}>
      <table className={classes.confusion} aria-label="Predicted against actual">
        <thead>
          <tr>
            <td />
            <th scope="col">predicted {report.positive}</th>
            <th scope="col">predicted other</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">is {report.positive}</th>
            {cell(truePositives, true)}
            {cell(falseNegatives, false)}
          </tr>
          <tr>
            <th scope="row">is other</th>
            {cell(falsePositives, false)}
            {cell(trueNegatives, true)}
          </tr>
        </tbody>
      </table>
      <p className={classes.note}>
        Rows of the test set. A lower threshold finds more positives and raises more false alarms; the ROC curve shows
        the trade.
      </p>
    </Card>
  );
}
