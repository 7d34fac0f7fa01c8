import type { GateVerdict } from "@pave/contract";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Pill } from "../../ui/pill.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import classes from "./gates.module.css";

const columns: readonly Column<GateVerdict>[] = [
  {
    key: "verdict",
    title: "Verdict",
    width: 130,
    cell: ({ verdict, mode }) => (
      <StateBadge
        state={mode === "warn" && verdict === "fail" ? "warn" : verdict}
        {...(verdict === "fail" && mode === "warn" ? { word: "warns" } : {})}
      />
    ),
  },
  {
    key: "check",
    title: "Gate",
    cell: (gate) => (
      <>
        <code className={classes.check}>{gate.check}</code>
        {gate.message ? <div className={classes.soft}>{gate.message}</div> : null}
        {gate.when ? <div className={classes.soft}>only when {gate.when}</div> : null}
      </>
    ),
  },
  { key: "detail", title: "What it saw", cell: ({ detail }) => <span className={classes.detail}>{detail}</span> },
  { key: "origin", title: "Whose rule", cell: ({ origin }) => <Pill>{origin}</Pill> },
];

/** The rules that were asked, what they saw, and whose they are. */
export function Gates({ verdicts }: { verdicts: readonly GateVerdict[] }) {
  const passed = verdicts.filter(({ verdict }) => verdict === "pass" || verdict === "notApplicable").length;
  return (
    <Card title="Gates" aside={verdicts.length > 0 ? `${passed} of ${verdicts.length} let it pass` : undefined} flush>
      <DataTable
        caption="Gates"
        rows={verdicts}
        columns={columns}
        rowKey={(gate) => `${gate.origin} ${gate.check}`}
        empty={
          <p className={classes.nothing}>
            No gate was asked: neither the environment nor the project has one, or the evidence is not there yet.
          </p>
        }
      />
    </Card>
  );
}
