import type { ReactNode } from "react";
import classes from "./docs-link.module.css";

/** Leads to a page of the docs, beside the portal and not instead of it. */
export function DocsLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <a href={to} target="_blank" rel="noreferrer" className={classes.link}>
      {children}
    </a>
  );
}
