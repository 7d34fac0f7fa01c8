/** The names of a cycle in order, the first one again at the end; undefined where there is none. */
export function findCycle(edges: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const remaining = new Map(
    [...edges].map(([name, next]) => [name, new Set(next.filter((other) => edges.has(other)))]),
  );
  const users = Map.groupBy(
    [...remaining].flatMap(([name, next]) => [...next].map((other) => ({ name, other }))),
    ({ other }) => other,
  );
  // What leads nowhere is on no cycle; what is left after taking it away, again and again, leads into one.
  const ends = [...remaining].filter(([, next]) => next.size === 0).map(([name]) => name);
  for (let name = ends.pop(); name !== undefined; name = ends.pop()) {
    remaining.delete(name);
    for (const user of users.get(name) ?? []) {
      const next = remaining.get(user.name);
      if (next?.delete(name) && next.size === 0) ends.push(user.name);
    }
  }
  const positions = new Map<string, number>();
  const path: string[] = [];
  for (let name = firstOf(remaining.keys()); name !== undefined; name = firstOf(remaining.get(name) ?? [])) {
    const start = positions.get(name);
    if (start !== undefined) return [...path.slice(start), name];
    positions.set(name, path.push(name) - 1);
  }
  return undefined;
}

function firstOf(items: Iterable<string>): string | undefined {
  for (const item of items) return item;
  return undefined;
}
