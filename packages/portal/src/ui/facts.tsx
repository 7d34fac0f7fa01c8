import type { ReactNode } from "react";
import classes from "./facts.module.css";

export interface Fact {
  readonly label: string;
  readonly value: ReactNode;
}

/** Names and values; `columns` says how many pairs stand beside each other where there is room. */
export function Facts({ facts, columns = 1 }: { facts: readonly Fact[]; columns?: 1 | 2 | 3 }) {
  return (
    <dl className={classes.facts} data-columns={columns}>
      {facts.map((fact) => (
        <div key={fact.label} className={classes.fact}>
          <dt>{fact.label}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Numbers that are looked at first: large, with their unit and context below. */
export function Figures({
  figures,
}: {
  figures: readonly (Fact & { readonly context?: ReactNode; readonly tone?: string })[];
}) {
  return (
    <dl className={classes.figures}>
      {figures.map((figure) => (
        <div key={figure.label} className={classes.figure} data-tone={figure.tone}>
          <dt>{figure.label}</dt>
          <dd>{figure.value}</dd>
          <div className={classes.context}>{figure.context ?? "\u00a0"}</div>
        </div>
      ))}
    </dl>
  );
}
