import { countSizes, probabilityProfile, type WindowCountsJson, windowCountsSchema } from "@pave/contract/drift";

/** Counts are kept in windows of this length, and as longer ones when nothing looks at them one by one any more. */
export const profileSeconds = 10;
export const rolledUpProfileSeconds = 300;
export const rollUpProfilesAfterHours = 26;

/** What was counted for one release in the cells of one profile. */
export interface ProfileWindow {
  readonly deploymentId: string;
  readonly releaseId: string;
  readonly start: Date;
  readonly counts: WindowCountsJson;
}

export type SizesOfCounts = ReadonlyMap<string, { readonly cells: number; readonly columns: number }>;

const probabilitySizes = countSizes(probabilityProfile);

/** Reads one entry of a report's `counts`: what does not fit the profile it names is told in a sentence. */
export function readCounts(entry: unknown, sizes: SizesOfCounts): { counts: WindowCountsJson } | { problem: string } {
  const parsed = windowCountsSchema.safeParse(entry);
  if (!parsed.success) return { problem: `not counts: ${parsed.error.issues[0]?.message ?? "unknown"}` };
  const { data: counts } = parsed;
  const size = counts.profile === probabilityProfile.id ? probabilitySizes : sizes.get(counts.profile);
  if (!size) return { problem: `no version of this project has the profile ${counts.profile}` };
  const found = [counts.cells.length, counts.sums.length, counts.ranges.length].join(", ");
  const expected = [size.cells, size.columns * 2, size.columns * 2].join(", ");
  if (found !== expected)
    return { problem: `expected ${expected} numbers against profile ${counts.profile}, found ${found}` };
  return isPlausible(counts, size.columns)
    ? { counts }
    : { problem: `numbers against profile ${counts.profile} that no ${counts.rows} rows give` };
}

/** Every row adds one to one cell of each column, and a bounded number to its sums. */
function isPlausible({ rows, cells, sums }: WindowCountsJson, columns: number): boolean {
  const placed = cells.reduce((sum, count) => sum + count, 0);
  return rows <= 2 ** 40 && placed === rows * columns && sums.every((sum) => Math.abs(sum) <= rows * 2 ** 33);
}

/** The profiles that a list of entries names, whatever else it holds. */
export const profilesOf = (entries: readonly unknown[]): string[] =>
  entries.flatMap((entry) => {
    const profile = (entry as { profile?: unknown } | null)?.profile;
    return typeof profile === "string" && profile.length <= 100 ? [profile] : [];
  });
