import type { ProfiledColumn } from "@pave/contract";
import { compact, percent } from "../../lib/format.ts";

type Flag = ProfiledColumn["flags"][number];

const flagWords: Readonly<Record<Flag, string>> = {
  "all-missing": "no value at all",
  "too-few-rows": "too few rows",
  constant: "constant",
  "many-distinct": "a value of its own in nearly every row",
  sampled: "sampled",
  "no-reference": "no reference",
};

/** What of a column is compared with traffic: nothing can be, of these. */
const notCompared: ReadonlySet<Flag> = new Set(["all-missing", "too-few-rows", "many-distinct", "no-reference"]);

export const wordOfFlag = (flag: Flag): string => flagWords[flag];
export const isCompared = ({ flags }: Pick<ProfiledColumn, "flags">): boolean =>
  !flags.some((flag) => notCompared.has(flag));

/** Mean, spread and range, and how many rows have no value, on one line. */
export function figuresOf({ numbers, missing, flags }: ProfiledColumn): string {
  const range =
    numbers === null || flags.includes("constant")
      ? ""
      : `mean ${compact(numbers.mean)} ± ${compact(numbers.deviation)} · ${compact(numbers.min)} to ${compact(numbers.max)}`;
  const gaps =
    missing === null || flags.includes("all-missing")
      ? ""
      : missing === 0
        ? "none missing"
        : `${share(missing)} missing`;
  return [range, gaps].filter(Boolean).join(" · ");
}

const share = (value: number): string => (value < 0.0005 ? "less than 0.1 %" : percent(value));
