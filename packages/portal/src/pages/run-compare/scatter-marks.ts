import { domainOf } from "../../lib/scale.ts";
import type { Axis } from "./run-fields.ts";

/** Where a run stands on an axis of the plot: its number, or the place of its text among all. */
export function plotValue(axis: Axis, value: number | string | null): number | null {
  if (value === null) return null;
  if (axis.type === "number") return typeof value === "number" ? value : null;
  const index = axis.values.indexOf(String(value));
  return index < 0 ? null : index;
}

/** With room around it, so that no mark stands on the edge. */
export const plotDomain = (axis: Axis): readonly [number, number] =>
  axis.type === "text"
    ? [-0.5, Math.max(0, axis.values.length - 1) + 0.5]
    : (domainOf(axis.domain, axis.isLog) ?? axis.domain);

interface Mark {
  readonly key: string;
  readonly x: number;
  readonly y: number;
}

/** So near the pointer has to be, in pixels. */
const reach = 24;

export function nearestMark(
  marks: readonly Mark[],
  place: { readonly x: number; readonly y: number },
  frame: { readonly x: (value: number) => number; readonly y: (value: number) => number },
): string | null {
  let [nearest, least]: [string | null, number] = [null, reach];
  for (const { key, x, y } of marks) {
    const distance = Math.hypot(frame.x(x) - place.x, frame.y(y) - place.y);
    if (distance < least) [nearest, least] = [key, distance];
  }
  return nearest;
}
