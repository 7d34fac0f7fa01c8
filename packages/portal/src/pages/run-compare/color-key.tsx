import { numberText } from "./axis-marks.ts";
import classes from "./compare.module.css";
import type { Axis } from "./run-fields.ts";

const steps = [0, 0.25, 0.5, 0.75, 1];

/** From blue over violet to orange, which are told apart in both looks and by most eyes; grey where there is no value. */
export function colorAt(place: number | null): string {
  if (place === null) return "var(--ink-soft)";
  const share = Math.round(Math.min(1, Math.max(0, place)) * 100);
  return `color-mix(in oklch, var(--series-3) ${share}%, var(--series-2))`;
}

/** What the colours mean. */
export function ColorKey({ axis }: { axis: Axis }) {
  const [first, last] = axis.type === "number" ? axis.domain.map(numberText) : [axis.values[0], axis.values.at(-1)];
  return (
    <div className={classes.colorKey}>
      <span>{axis.label}</span>
      <span>{first}</span>
      <i style={{ background: `linear-gradient(to right, ${steps.map(colorAt).join(", ")})` }} aria-hidden />
      <span>{last}</span>
    </div>
  );
}
