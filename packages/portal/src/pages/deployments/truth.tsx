import { SegmentedControl } from "@mantine/core";
import { type DeploymentDetail, type Truth, type TruthSpan, truthSpans } from "@pave/contract";
import { useState } from "react";
import { count, duration, percent } from "../../lib/format.ts";
import { Callout } from "../../ui/callout.tsx";
import { Card } from "../../ui/card.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { Facts } from "../../ui/facts.tsx";
import layout from "../../ui/layout.module.css";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { Contradictions } from "./contradictions.tsx";
import traffic from "./traffic-charts.module.css";
import classes from "./truth.module.css";
import { TruthChart } from "./truth-chart.tsx";
import { TruthTable } from "./truth-table.tsx";
import { useTruthQuery } from "./use-truth-query.ts";

/** What was predicted against what came true, by the time that outcomes belong to. */
export function TruthSection({ deployment }: { deployment: DeploymentDetail }) {
  const { project, environment, name } = deployment;
  const [by, setBy] = useState<TruthSpan>("week");
  const query = useTruthQuery({ project, environment, deployment: name }, by);
  return (
    <section className={traffic.section} aria-label="Predicted and actual">
      <div className={traffic.head}>
        <h2 className={traffic.title}>Predicted and actual</h2>
        <SegmentedControl
          size="xs"
          aria-label="Length of a window"
          value={by}
          data={[...truthSpans]}
          onChange={(value) => setBy(value as TruthSpan)}
        />
      </div>
      <QueryView query={query} rows={6}>
        {(truth) =>
          truth.windows.length === 0 ? <NoLabels truth={truth} deployment={deployment} /> : <TruthView truth={truth} />
        }
      </QueryView>
    </section>
  );
}

function TruthView({ truth }: { truth: Truth }) {
  return (
    <>
      {truth.finding ? (
        <Callout tone="warn" title={truth.finding.text}>
          Of its inputs nothing tells this, only labels do.
        </Callout>
      ) : null}
      <div className={layout.columns}>
        <Card title={chartTitle(truth)} aside={`by ${truth.by}, with 95 % intervals`}>
          {truth.windows.some(({ actual }) => actual) ? (
            <TruthChart truth={truth} />
          ) : (
            <p className={layout.soft}>The share of right answers stands in the table.</p>
          )}
        </Card>
        <Card title="Labels" aside="last 30 days">
          <Facts facts={labelFacts(truth)} />
        </Card>
      </div>
      <Card title={`Every ${truth.by}`} flush>
        <div className={classes.scroll}>
          <TruthTable truth={truth} />
        </div>
      </Card>
      <Contradictions truth={truth} />
    </>
  );
}

const chartTitle = ({ kind, positive }: Truth): string =>
  kind === "binary" ? `Share of ${positive ?? "positive"}` : kind === "number" ? "Mean" : "Answers";

function labelFacts(truth: Truth) {
  const { counts, loggedShare, logged, pending, delaySeconds } = truth;
  const newest = truth.windows.at(-1);
  const refused = counts.unknown + counts.tooLate + counts.wrongType + counts.malformed;
  return [
    { label: "Joined with a prediction", value: count(counts.accepted) },
    {
      label: "Coverage of the newest",
      value: newest?.coverage === null || newest === undefined ? "–" : percent(newest.coverage, 0),
    },
    {
      label: "Age of labels",
      value: newest?.labelAge
        ? `half within ${duration(newest.labelAge.p50)}, 95 % ${duration(newest.labelAge.p95)}`
        : "–",
    },
    { label: "Expected after", value: delaySeconds === 0 ? "at once" : duration(delaySeconds) },
    { label: "Wait for their prediction", value: count(pending) },
    { label: "Contradict an earlier one", value: count(counts.contradicting) },
    { label: "There already", value: count(counts.duplicate) },
    { label: "Refused", value: refused === 0 ? "0" : `${count(refused)}: ${refusedText(counts)}` },
    {
      label: "Rows logged",
      value: `${count(logged)}${loggedShare !== null && loggedShare < 1 ? `, ${percent(loggedShare, 0)} of all` : ""}`,
    },
  ];
}

const refusedText = (counts: Truth["counts"]): string =>
  (
    [
      ["unknown", "unknown"],
      ["tooLate", "too late"],
      ["wrongType", "of the wrong type"],
      ["malformed", "no labels"],
    ] as const
  )
    .filter(([name]) => counts[name] > 0)
    .map(([name, word]) => `${count(counts[name])} ${word}`)
    .join(", ");

function NoLabels({ truth, deployment }: { truth: Truth; deployment: DeploymentDetail }) {
  const { environment, name } = deployment;
  const waits = truth.pending > 0 ? `${count(truth.pending)} labels wait for their predictions. ` : "";
  return (
    <Card>
      <EmptyState
        title="No labels yet"
        detail={`${waits}${count(truth.logged)} rows are logged. Send what came true with the id of each answer, in the header pave-prediction-id:`}
      />
      <CopyLine text={truth.curl} label="Copy the command" />
      <p className={classes.note}>
        Or a whole table:{" "}
        <code>
          pave ground-truth send labels.csv {environment} {name}
        </code>{" "}
        with the columns predictionId and value.
      </p>
    </Card>
  );
}
