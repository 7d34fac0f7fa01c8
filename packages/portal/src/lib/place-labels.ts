interface Wanted {
  readonly x: number;
  /** What could stand there, the best first. */
  readonly widths: readonly { readonly text: string; readonly width: number }[];
}
export interface PlacedLabel {
  readonly text: string;
  readonly left: number;
  readonly width: number;
}

/**
 * Where labels on one line stand without touching: each beside its place, right of it if there is room, else left of
 * it; shortened if that helps; left out if nothing does. Earlier ones choose first.
 */
export function placeLabels(
  wanted: readonly Wanted[],
  { from, to, gap }: { readonly from: number; readonly to: number; readonly gap: number },
): (PlacedLabel | undefined)[] {
  const taken: PlacedLabel[] = [];
  const isFree = ({ left, width }: PlacedLabel): boolean =>
    left >= from &&
    left + width <= to &&
    taken.every((other) => left + width + gap <= other.left || other.left + other.width + gap <= left);
  return wanted.map(({ x, widths }) => {
    const candidates = widths.flatMap(({ text, width }) => [
      { text, width, left: x + gap },
      { text, width, left: x - gap - width },
    ]);
    const placed = candidates.find(isFree);
    if (placed) taken.push(placed);
    return placed;
  });
}
