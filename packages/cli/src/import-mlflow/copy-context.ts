import type { ImportProgress } from "./import-progress.ts";
import type { Source } from "./source.ts";
import type { Tally } from "./tally.ts";
import type { Target } from "./target.ts";

/** What every part of a copy is handed. */
export interface CopyContext {
  readonly source: Source;
  readonly target: Target;
  readonly tally: Tally;
  readonly progress: ImportProgress;
  readonly signal: AbortSignal;
  /** Files that the source names by a path are read from this machine's disk. */
  readonly localFiles: boolean;
  /** Roots of files of which some could not be copied: nothing is made of them. */
  readonly incomplete: Set<string>;
  /** What is there already is not looked into again. */
  readonly newOnly: boolean;
}

/** A thing's own state: whether it is the same as at the source, and all of it here. */
export const isWhole = (
  item: { readonly state: string; readonly digest: string } | undefined,
  digest: string,
): boolean => item?.state === "finished" && item.digest === digest;
