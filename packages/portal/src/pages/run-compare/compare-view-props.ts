import type { ComparedRun } from "@pave/contract";
import type { CompareChange, CompareSearch } from "./compare-search.ts";

/** What each view of a comparison is given. */
export interface CompareViewProps {
  readonly project: string;
  readonly runs: readonly ComparedRun[];
  /** How it is looked at, as the URL says it. */
  readonly search: CompareSearch;
  readonly onChange: (change: CompareChange) => void;
}
