import { IconAlertTriangle, IconCheck, IconCircle, IconCircleDashed, IconX } from "@tabler/icons-react";
import { type Tone, toneOf, wordOf } from "../lib/status.ts";
import classes from "./state-badge.module.css";

const icons: Record<Tone, typeof IconCheck> = {
  good: IconCheck,
  bad: IconX,
  warn: IconAlertTriangle,
  busy: IconCircleDashed,
  idle: IconCircle,
};

/** A state as icon and word: never colour alone. */
export function StateBadge({
  state,
  word,
  compact = false,
}: {
  state: string;
  word?: string | undefined;
  compact?: boolean;
}) {
  const tone = toneOf(state);
  const Icon = icons[tone];
  const text = word ?? wordOf(state);
  return (
    <span className={classes.badge} data-tone={tone} title={compact ? text : undefined}>
      <Icon size={14} stroke={2.2} className={tone === "busy" ? classes.spin : undefined} aria-hidden />
      {compact ? <span className={classes.hidden}>{text}</span> : text}
    </span>
  );
}
