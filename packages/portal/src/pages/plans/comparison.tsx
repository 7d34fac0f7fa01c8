import type { Plan } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { metric, signed, spaced } from "../../lib/format.ts";
import { directionOf, judgeDifference, sortMetrics } from "../../lib/metric-direction.ts";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import classes from "./comparison.module.css";

interface Row {
  readonly name: string;
  readonly candidate: number | undefined;
  readonly champion: number | undefined;
}

type Side = NonNullable<Plan["candidate"]>;

/** The candidate against what runs now, both measured on the candidate's test set. */
export function Comparison({ plan }: { plan: Plan }) {
  const { project, candidate, champion } = plan;
  if (!candidate || project === null) return null;
  const names = sortMetrics([...new Set([...Object.keys(candidate.metrics), ...Object.keys(champion?.metrics ?? {})])]);
  const rows = names.map(
    (name): Row => ({ name, candidate: candidate.metrics[name], champion: champion?.metrics[name] }),
  );
  return (
    <Card
      title="Candidate against champion"
      aside={champion ? "both on the candidate's test set" : "no champion"}
      flush
    >
      <DataTable
        caption="Metrics of the candidate and of what runs now"
        rows={rows}
        columns={columnsFor(project, candidate, champion)}
        rowKey={(row) => row.name}
        stays
        empty={
          <p className={classes.note}>
            No metrics yet: the evaluation has not finished, or the model version has none.
          </p>
        }
      />
      {champion ? null : (
        <p className={classes.note}>
          There was nothing live in {plan.environment} to compare with when this plan was computed.
        </p>
      )}
    </Card>
  );
}

const columnsFor = (project: string, candidate: Side, champion: Side | null): readonly Column<Row>[] => [
  {
    key: "name",
    title: "Metric",
    cell: ({ name }) => (
      <>
        {spaced(name)} <span className={classes.direction}>{directionWords[directionOf(name)]}</span>
      </>
    ),
  },
  {
    key: "candidate",
    title: <VersionLink project={project} side={candidate} word="Candidate" />,
    numeric: true,
    cell: (row) => <b>{row.candidate === undefined ? "–" : metric(row.candidate)}</b>,
  },
  ...(champion
    ? [
        {
          key: "champion",
          title: <VersionLink project={project} side={champion} word="Champion" />,
          numeric: true,
          cell: (row: Row) => (row.champion === undefined ? "–" : metric(row.champion)),
        },
        {
          key: "difference",
          title: "Difference",
          numeric: true,
          width: 150,
          cell: (row: Row) => <Difference row={row} />,
        },
      ]
    : []),
];

const directionWords = { higher: "higher is better", lower: "lower is better", neither: "" } as const;

function VersionLink({ project, side, word }: { project: string; side: Side; word: string }) {
  return (
    <>
      {word}{" "}
      <Link
        className="link"
        style={{ color: "var(--ink)" }}
        to="/projects/$project/models/$model/versions/$version"
        params={{ project, model: side.model, version: side.version }}
      >
        version {side.version}
      </Link>
    </>
  );
}

function Difference({ row }: { row: Row }) {
  if (row.candidate === undefined || row.champion === undefined) return <>–</>;
  const verdict = judgeDifference(row.name, row.candidate, row.champion);
  return (
    <span className={classes.difference} data-verdict={verdict}>
      {signed(row.candidate - row.champion)} {verdict === "same" ? "" : verdict}
    </span>
  );
}
