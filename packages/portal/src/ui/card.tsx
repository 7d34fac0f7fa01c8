import type { ReactNode } from "react";
import classes from "./card.module.css";

/** A titled surface; `aside` stands right of the title. */
export function Card({
  title,
  aside,
  children,
  flush = false,
}: {
  title?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  flush?: boolean;
}) {
  return (
    <section className={classes.card}>
      {title ? (
        <header className={classes.header}>
          <h2 className={classes.title}>{title}</h2>
          {aside ? <div className={classes.aside}>{aside}</div> : null}
        </header>
      ) : null}
      <div className={flush ? classes.flush : classes.body}>{children}</div>
    </section>
  );
}
