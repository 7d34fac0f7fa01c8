import { metric } from "../../lib/format.ts";
import { logTicksOf, ticksOf } from "../../lib/scale.ts";
import { type Axis, placeOn } from "./run-fields.ts";

export interface AxisMark {
  /** From 0 to 1. */
  readonly place: number;
  readonly text: string;
}

const mostTexts = 14;

/** What is written along an axis: round numbers within it, or its texts as far as they have room. */
export function axisMarks(axis: Axis): AxisMark[] {
  if (axis.type === "text") {
    const every = Math.ceil(axis.values.length / mostTexts);
    return axis.values
      .filter((_, index) => index % every === 0)
      .map((text) => ({ text: text.trim() === "" ? "(blank)" : text, place: placeOn(axis, text) ?? 0 }));
  }
  const [low, high] = axis.domain;
  // all runs have the same: there is one number to be said, whatever its neighbours are
  if (axis.isFlat) return [{ text: numberText((low + high) / 2), place: 0.5 }];
  const ticks = axis.isLog ? logTicksOf(axis.domain, 6) : ticksOf(axis.domain, 5);
  return ticks.map((tick) => ({ text: numberText(tick), place: placeOn(axis, tick) ?? 0 }));
}

/** As short as it can be without saying something else. */
export const numberText = (value: number): string =>
  value !== 0 && (Math.abs(value) < 0.001 || Math.abs(value) >= 1e6)
    ? value.toExponential().replace("e+", "e")
    : Number.isInteger(value)
      ? metric(value)
      : String(Number(value.toPrecision(4)));
