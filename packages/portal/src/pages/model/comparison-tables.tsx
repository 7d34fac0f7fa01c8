import type { ClientOutput, routes } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { metric, signed, spaced } from "../../lib/format.ts";
import { directionOf, judgeDifference } from "../../lib/metric-direction.ts";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { EmptyState } from "../../ui/query-view.tsx";
import classes from "./comparison.module.css";

export type Comparison = ClientOutput<typeof routes.compareModelVersions>;
type Row = Comparison["rows"][number];

const groups = [
  { group: "metrics", title: "Metrics" },
  { group: "params", title: "Params" },
  { group: "data", title: "Data" },
  { group: "code", title: "Code" },
  { group: "environment", title: "Environment" },
  { group: "run", title: "Run" },
  { group: "signature", title: "Signature" },
  { group: "files", title: "Files" },
] as const;

/** A table for each kind of thing that two versions have; what is the same in both is left out unless asked for. */
export function ComparisonTables({
  project,
  comparison: { left, right, rows },
  showsAll,
}: {
  project: string;
  comparison: Comparison;
  showsAll: boolean;
}) {
  const shown = rows.filter(({ differs }) => showsAll || differs);
  const head = ({ name, version, aliases }: Comparison["left"]) => (
    <>
      <Link
        to="/projects/$project/models/$model/versions/$version"
        params={{ project, model: name, version }}
        className="link"
      >
        version {version}
      </Link>
      {aliases.length > 0 ? ` @${aliases.join(", @")}` : ""}
    </>
  );
  const columns: readonly Column<Row>[] = [
    { key: "name", title: "", width: "34%", cell: ({ group, name }) => (group === "metrics" ? spaced(name) : name) },
    { key: "left", title: head(left), width: "33%", cell: (row) => <Value project={project} row={row} side="left" /> },
    {
      key: "right",
      title: head(right),
      width: "33%",
      cell: (row) => <Value project={project} row={row} side="right" />,
    },
  ];
  if (shown.length === 0)
    return (
      <Card>
        <EmptyState title="They are the same" detail="In all that is known of the two versions nothing differs." />
      </Card>
    );
  return groups.map(({ group, title }) => {
    const own = shown.filter((row) => row.group === group);
    if (own.length === 0) return null;
    return (
      <Card key={group} title={title} flush>
        <DataTable caption={title} stays rows={own} columns={columns} rowKey={({ name }) => name} empty={null} />
      </Card>
    );
  });
}

function Value(props: { project: string; row: Row; side: "left" | "right" }) {
  const { group, name, left, right, differs } = props.row;
  const value = props.side === "left" ? left : right;
  if (value === null) return <span className={layout.soft}>–</span>;
  if (typeof value === "string") {
    const run = group === "run" ? runOf(name, value) : null;
    return (
      <span className={`${classes.text} ${differs ? classes.differs : ""}`}>
        {run === null ? (
          value
        ) : (
          <Link to="/projects/$project/runs/$run" params={{ project: props.project, run }} className="link">
            {value}
          </Link>
        )}
      </span>
    );
  }
  const isCompared = group === "metrics" && props.side === "right" && typeof left === "number";
  return (
    <>
      {metric(value)}
      {isCompared && differs ? (
        <span
          className={classes.delta}
          data-verdict={judgeDifference(name, value, left)}
          title={`${directionOf(name)} is better`}
        >
          {signed(value - left)}
        </span>
      ) : null}
    </>
  );
}

/** How a run's page calls what stands here: by the number of `train #5`, or by the id of what a client logged. */
function runOf(name: string, value: string): string | null {
  if (name === "pipeline") return /#(\d+)$/.exec(value)?.[1] ?? null;
  return name === "run" ? value : null;
}

/** The two runs that the versions came from, for their own comparison; null where one is not known, or both are one. */
export function comparedRuns({ rows }: Comparison): string | null {
  const of = (side: "left" | "right") =>
    rows
      .filter(({ group, name }) => group === "run" && name !== "model")
      .map((row) => (typeof row[side] === "string" ? runOf(row.name, row[side]) : null))
      .find((run) => run !== null);
  const [left, right] = [of("left"), of("right")];
  return left && right && left !== right ? `${left},${right}` : null;
}
