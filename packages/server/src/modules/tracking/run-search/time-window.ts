import { type RawBuilder, sql } from "kysely";
import { allOf } from "../../../db/conditions.ts";
import type { RunFilter } from "./run-search.ts";

/** What is joined by AND at the top. */
export const mustHold = (filter: RunFilter): readonly RunFilter[] =>
  filter.type === "all" ? filter.of.flatMap(mustHold) : [filter];

/** What a filter says of when runs began, for an index: a millisecond too much, because a time has more digits. */
export function timeWindow(filter: RunFilter): (row: { startTime: RawBuilder<unknown> }) => RawBuilder<boolean> {
  const limits = timeLimits(filter);
  return ({ startTime }) =>
    allOf(
      limits.flatMap(({ comparator, ms }) => [
        ...(comparator.startsWith("<") ? [] : [sql<boolean>`${startTime} >= ${at(ms - 1)}`]),
        ...(comparator.startsWith(">") ? [] : [sql<boolean>`${startTime} <= ${at(ms + 1)}`]),
      ]),
    );
}

export const hasTimeWindow = (filter: RunFilter): boolean => timeLimits(filter).length > 0;

const timeLimits = (filter: RunFilter) =>
  mustHold(filter).flatMap((part) => {
    if (part.type !== "condition") return [];
    const { on, key, comparator, value } = part.condition;
    if (on !== "attribute" || key !== "start_time" || comparator === "!=") return [];
    return typeof value === "number" ? [{ comparator, ms: value }] : [];
  });

/** As far as a date reaches. */
const at = (ms: number) => sql`to_timestamp(${Math.max(0, Math.min(8.64e15, ms)) / 1000}::float8)`;
