import type { EnvironmentSpec } from "@pave/contract";

/** Along `after`: first those that follow no other. Environments of one depth are in the order of their names. */
export function inPromotionOrder<T extends { readonly spec: EnvironmentSpec }>(environments: readonly T[]): T[] {
  const byName = new Map(environments.map((environment) => [environment.spec.name, environment.spec]));
  const depth = (name: string, seen: ReadonlySet<string> = new Set()): number => {
    const after = byName.get(name)?.after;
    return after === undefined || seen.has(name) ? 0 : 1 + depth(after, new Set([...seen, name]));
  };
  return [...environments].sort(
    (a, b) => depth(a.spec.name) - depth(b.spec.name) || (a.spec.name < b.spec.name ? -1 : 1),
  );
}
