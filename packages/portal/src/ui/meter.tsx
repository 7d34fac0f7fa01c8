import classes from "./meter.module.css";

/** How much of it is done, 0 to 1. */
export function Meter({ value, label, tone = "busy" }: { value: number; label: string; tone?: string }) {
  const share = Math.min(1, Math.max(0, value));
  return (
    <div
      className={classes.meter}
      role="progressbar"
      aria-label={label}
      aria-valuenow={Math.round(share * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
      data-tone={tone}
    >
      <span className={classes.bar} style={{ width: `${share * 100}%` }} />
    </div>
  );
}
