import type { RolloutAnalysis, RolloutDetail, RolloutSide, RolloutStep } from "@pave/contract";
import type { ReactNode } from "react";
import { count, metric, milliseconds, percent, spaced } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Pill } from "../../ui/pill.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { PsiOfRollout } from "../monitoring/what-is-psi.tsx";
import classes from "./step-view.module.css";

/** What was seen while a step was on: both releases side by side, and each condition with what it saw. */
export function StepView({ step, rollout }: { step: RolloutStep; rollout: RolloutDetail }) {
  const { analysis, weight, number } = step;
  if (!analysis) return null;
  return (
    <Card
      title={`Step ${number}: ${weight} %`}
      aside={
        <span className={classes.aside}>
          <StateBadge state={analysis.verdict} /> looked at <TimeAgo at={analysis.at} />
        </span>
      }
      flush
    >
      <p className={classes.reason}>{analysis.reason}</p>
      <DataTable
        caption={`Both releases at ${weight} %`}
        rows={figuresOf(analysis)}
        columns={sideColumns(rollout)}
        rowKey={({ label }) => label}
        empty={null}
        stays
      />
      <div className={classes.conditions}>
        <DataTable
          caption={`Conditions at ${weight} %`}
          rows={analysis.conditions}
          columns={conditionColumns}
          rowKey={({ check }) => check}
          empty={<p className={classes.reason}>There is no condition to abort.</p>}
        />
      </div>
    </Card>
  );
}

interface Figure {
  readonly label: string;
  readonly help?: ReactNode;
  /** How it came about. */
  readonly note?: string;
  readonly candidate: string;
  readonly stable: string;
}

function figuresOf({ candidate, stable, predictionPsi, predictions, conditions }: RolloutAnalysis): Figure[] {
  const row = (label: string, of: (side: RolloutSide) => string) => ({
    label,
    candidate: of(candidate),
    stable: of(stable),
  });
  const orDash = (value: number | null, text: (value: number) => string) => (value === null ? "–" : text(value));
  const truths = [...new Set([...Object.keys(candidate.truth), ...Object.keys(stable.truth)])].sort();
  return [
    row("Requests", ({ requests }) => count(requests)),
    row("Errors", ({ errorRate, errors }) => orDash(errorRate, (rate) => `${percent(rate, 2)} (${count(errors)})`)),
    row("Latency, median", ({ p50Ms }) => milliseconds(p50Ms)),
    row("Latency, 95th percentile", ({ p95Ms }) => milliseconds(p95Ms)),
    row("Latency, 99th percentile", ({ p99Ms }) => milliseconds(p99Ms)),
    row("Mean prediction since the canary began", ({ predictionMean }) => orDash(predictionMean, metric)),
    {
      label: "Distance of predictions (PSI)",
      note: predictions,
      help: (
        <PsiOfRollout checks={conditions.flatMap(({ check }) => (check.includes("predictionPsi") ? [check] : []))} />
      ),
      candidate: orDash(predictionPsi, metric),
      stable: "",
    },
    ...truths.map((name) => row(`${spaced(name)} on labels`, ({ truth }) => orDash(truth[name] ?? null, metric))),
  ];
}

const sideColumns = ({ modelVersion, stable }: RolloutDetail): readonly Column<Figure>[] => [
  {
    key: "label",
    title: "Since the step began",
    cell: ({ label, help, note }) => (
      <>
        {label} {help}
        {note ? <div className={classes.note}>{note}</div> : null}
      </>
    ),
  },
  { key: "candidate", title: `Version ${modelVersion}`, numeric: true, cell: ({ candidate }) => <b>{candidate}</b> },
  { key: "stable", title: `Version ${stable?.modelVersion ?? "before"}`, numeric: true, cell: ({ stable }) => stable },
];

const conditionColumns: readonly Column<RolloutAnalysis["conditions"][number]>[] = [
  {
    key: "verdict",
    title: "Verdict",
    width: 140,
    cell: ({ verdict }) => <StateBadge state={verdict} word={words[verdict]} />,
  },
  { key: "check", title: "Aborts when", cell: ({ check }) => <code className={classes.check}>{check}</code> },
  { key: "detail", title: "What it saw", cell: ({ detail }) => <span className={classes.detail}>{detail}</span> },
  { key: "origin", title: "Whose condition", cell: ({ origin }) => <Pill>{origin}</Pill> },
];

const words = { pass: "not so", fail: "so: aborts", inconclusive: "inconclusive" } as const;
