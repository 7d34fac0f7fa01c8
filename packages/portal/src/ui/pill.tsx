import type { ReactNode } from "react";
import type { Tone } from "../lib/status.ts";
import classes from "./pill.module.css";

/** A small label that is not a state: an alias, a kind, a count. */
export function Pill({ children, tone = "idle" }: { children: ReactNode; tone?: Tone }) {
  return (
    <span className={classes.pill} data-tone={tone}>
      {children}
    </span>
  );
}
