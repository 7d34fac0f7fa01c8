export interface DiffLine {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What differs between two JSON values, a line per leaf: `configuration.limits.maxRows`. Equal leaves are left out. */
export function diffValues(before: unknown, after: unknown): DiffLine[] {
  const old = leavesOf(before);
  const made = leavesOf(after);
  return [...new Set([...old.keys(), ...made.keys()])]
    .map((path) => ({ path, before: old.get(path), after: made.get(path) }))
    .filter((line) => line.before !== line.after);
}

function leavesOf(value: unknown, path = "", leaves = new Map<string, string>()): Map<string, string> {
  if (value === null || value === undefined) {
    if (path !== "" && value === null) leaves.set(path, "null");
  } else if (typeof value !== "object") leaves.set(path || "value", String(value));
  else if (Array.isArray(value) && value.every((one) => typeof one !== "object" || one === null))
    leaves.set(path, value.map(String).join(", ") || "none");
  else
    for (const [name, child] of Object.entries(value)) leavesOf(child, path === "" ? name : `${path}.${name}`, leaves);
  return leaves;
}
