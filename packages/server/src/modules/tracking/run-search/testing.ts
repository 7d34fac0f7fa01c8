import type { Condition } from "@pave/contract/search";
import type { RunFilter, RunOrder } from "./run-search.ts";

/* What a search must give, run by run and plainly: what the tests of the real one compare with. */

export interface PlainRun {
  readonly id: string;
  readonly experiment: number;
  readonly name: string;
  readonly status: string;
  readonly user: string;
  readonly startTime: number;
  readonly endTime: number | null;
  readonly isDeleted: boolean;
  readonly metrics: ReadonlyMap<string, number>;
  readonly params: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string>;
  readonly datasets: readonly { readonly name: string; readonly digest: string; readonly context: string | null }[];
}

export function matches(filter: RunFilter, run: PlainRun): boolean {
  if (filter.type === "condition") return holds(filter.condition, run);
  if (filter.type === "not") return !matches(filter.of, run);
  const test = (part: RunFilter) => matches(part, run);
  return filter.type === "all" ? filter.of.every(test) : filter.of.some(test);
}

function holds(condition: Condition, run: PlainRun): boolean {
  if (condition.on === "dataset")
    return run.datasets.some((dataset) => compares(dataset[condition.key as "name"], condition));
  const value = foundValue(run, condition);
  if (condition.comparator === "IS NULL") return value === null;
  if (condition.comparator === "IS NOT NULL") return value !== null;
  return compares(value, condition);
}

function foundValue(run: PlainRun, { on, key }: { readonly on: string; readonly key: string }): string | number | null {
  if (on === "metric") return run.metrics.get(key) ?? null;
  if (on === "param") return run.params.get(key) ?? null;
  if (on === "tag") return run.tags.get(key) ?? null;
  const attributes: Record<string, string | number | null> = {
    run_id: run.id,
    run_name: run.name,
    user_id: run.user,
    status: run.status,
    start_time: run.startTime,
    end_time: run.endTime,
  };
  return attributes[key] ?? null;
}

function compares(found: string | number | null, { comparator, value }: Condition): boolean {
  if (found === null || value === null) return false;
  switch (comparator) {
    case "=":
      return found === value;
    case "!=":
      return found !== value;
    case ">":
      return found > value;
    case ">=":
      return found >= value;
    case "<":
      return found < value;
    case "<=":
      return found <= value;
    case "IN":
      return [value].flat().includes(found as string);
    case "NOT IN":
      return ![value].flat().includes(found as string);
    default: {
      const pattern = String(value)
        .replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
        .replaceAll("%", ".*")
        .replaceAll("_", ".");
      return new RegExp(`^${pattern}$`, comparator === "ILIKE" ? "isu" : "su").test(String(found));
    }
  }
}

/** A function to sort with: nothing at the end, before it what is no number, then the newest first. */
export const inOrder =
  (orders: readonly RunOrder[]) =>
  (one: PlainRun, other: PlainRun): number => {
    for (const order of orders) {
      const [a, b] = [headOf(foundValue(one, order)), headOf(foundValue(other, order))];
      const rank = rankOf(a) - rankOf(b);
      if (rank !== 0) return rank;
      if (a === null || b === null || a === b || rankOf(a) > 0) continue;
      return (a < b ? -1 : 1) * (order.descending ? -1 : 1);
    }
    return other.startTime - one.startTime || (one.id < other.id ? -1 : 1);
  };

/** Texts are ordered by as much of them as indexes have. */
const headOf = (value: string | number | null) =>
  typeof value === "string" ? [...value].slice(0, 64).join("") : value;

const rankOf = (value: string | number | null): number => (value === null ? 2 : Number.isNaN(value) ? 1 : 0);
