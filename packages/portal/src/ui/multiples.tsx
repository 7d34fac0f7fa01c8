import type { ReactNode } from "react";
import classes from "./multiples.module.css";

/** Charts of one kind side by side, as many in a row as fit. */
export const Multiples = ({ isWide, children }: { isWide?: boolean; children: ReactNode }) => (
  <div className={classes.multiples} data-wide={isWide || undefined}>
    {children}
  </div>
);

/** One of them: its name, what is to be said beside the name, the chart, its figures in a line, and what to make of them. */
export function Multiple({
  name,
  aside,
  numbers,
  note,
  children,
}: {
  name: string;
  aside: ReactNode;
  numbers: ReactNode;
  note?: string;
  children: ReactNode;
}) {
  return (
    <article className={classes.one} aria-label={name}>
      <div className={classes.head}>
        <span className={classes.name} title={name}>
          {name}
        </span>
        {aside}
      </div>
      {children}
      {numbers === "" ? null : <p className={classes.numbers}>{numbers}</p>}
      {note ? <p className={classes.note}>{note}</p> : null}
    </article>
  );
}
