import { IconAlertTriangle, IconArrowRight, IconCheck, IconCircleDashed, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Tone } from "../lib/status.ts";
import classes from "./callout.module.css";

const icons: Record<Tone, typeof IconCheck> = {
  good: IconCheck,
  bad: IconX,
  warn: IconAlertTriangle,
  busy: IconCircleDashed,
  idle: IconArrowRight,
};

/** One thing that must not be missed: what it is, more about it, and what can be done right here. */
export function Callout({
  tone,
  title,
  children,
  actions,
}: {
  tone: Tone;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  const Icon = icons[tone];
  return (
    <div className={classes.callout} data-tone={tone} role={tone === "bad" ? "alert" : "status"}>
      <Icon size={18} stroke={2} className={classes.icon} aria-hidden />
      <div className={classes.text}>
        <div className={classes.title}>{title}</div>
        {children ? <div className={classes.body}>{children}</div> : null}
      </div>
      {actions ? <div className={classes.actions}>{actions}</div> : null}
    </div>
  );
}
