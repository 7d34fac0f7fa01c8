import { comparisonGroups, type VersionComparison } from "@pave/contract";

type Group = (typeof comparisonGroups)[number];
type Value = number | string | null;

/** What two versions can be told apart by: names and values of each group. */
export type VersionFacts = Readonly<Record<Group, Readonly<Record<string, Value>>>>;

/** Everything that either version has, what differs first. */
export function compareFacts(left: VersionFacts, right: VersionFacts): VersionComparison["rows"] {
  const rows = comparisonGroups.flatMap((group) =>
    [...new Set([...Object.keys(left[group]), ...Object.keys(right[group])])].sort().map((name) => {
      const [one, other] = [left[group][name] ?? null, right[group][name] ?? null];
      return { group, name, left: one, right: other, differs: one !== other };
    }),
  );
  return [...rows.filter(({ differs }) => differs), ...rows.filter(({ differs }) => !differs)];
}
