/** Which versions are compared, and whether what is the same in both is shown as well. */
export interface CompareSearch {
  readonly left?: string;
  readonly right?: string;
  readonly all?: boolean;
}

/** A version is a number or an alias. */
export const parseCompareSearch = ({ left, right, all }: Record<string, unknown>): CompareSearch => ({
  ...versionOf("left", left),
  ...versionOf("right", right),
  ...(all === true ? { all } : {}),
});

const versionOf = (side: "left" | "right", value: unknown) =>
  typeof value === "string" || typeof value === "number" ? { [side]: String(value) } : {};
