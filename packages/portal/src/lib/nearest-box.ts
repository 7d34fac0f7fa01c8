/** Where a box stands: its middle. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

const ways: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The box that an arrow key means, seen from another: ahead of it, and not far to the side; null where none is. */
export function nearestBox<Box extends Place>(key: string, from: Place, boxes: readonly Box[]): Box | null {
  const way = ways[key];
  if (!way) return null;
  let best: { readonly box: Box; readonly far: number } | null = null;
  for (const box of boxes) {
    const [dx, dy] = [box.x - from.x, box.y - from.y];
    const ahead = dx * way[0] + dy * way[1];
    const far = ahead + 2 * Math.abs(dx * way[1] + dy * way[0]);
    if (ahead > 1 && (best === null || far < best.far)) best = { box, far };
  }
  return best?.box ?? null;
}
