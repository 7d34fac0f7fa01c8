/** Which versions are compared, and whether what is the same in both is shown as well. */
export interface VersionsSearch {
  readonly left?: string;
  readonly right?: string;
  readonly all?: boolean;
}

/** A version is a number or an alias. */
export const parseVersionsSearch = ({ left, right, all }: Record<string, unknown>): VersionsSearch => ({
  ...versionOf("left", left),
  ...versionOf("right", right),
  ...(all === true ? { all } : {}),
});

const versionOf = (side: "left" | "right", value: unknown) =>
  typeof value === "string" || typeof value === "number" ? { [side]: String(value) } : {};
