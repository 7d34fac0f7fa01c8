const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const months = "january february march april may june july august september october november december".split(" ");

/** Names of a calendar by their place in it, also when they are cut to three letters. */
function placeIn(calendar: readonly string[], value: string): number | null {
  const name = value.toLowerCase();
  const place = calendar.findIndex((full) => full === name || full.slice(0, 3) === name);
  return place < 0 ? null : place;
}

/** What a value is ordered by: a number, or the start of a range such as `10-20` or `[10, 20)`. */
function numberOf(value: string): number | null {
  const found = /^\s*[[(<>≤≥=]*\s*(-?\d+(?:\.\d+)?)\s*(?:$|[-–,:)\]]|to\b|or\b|\+)/.exec(value);
  return found ? Number(found[1]) : null;
}

/** Values that have an order of their own, such as hours and weekdays, in that order; others as they came: by their rows. */
export function sortSlice<V extends { readonly value: string }>(values: readonly V[]): readonly V[] {
  for (const placeOf of [numberOf, placeIn.bind(null, weekdays), placeIn.bind(null, months)]) {
    const placed = values.map((one) => ({ one, place: placeOf(one.value) }));
    if (placed.every(({ place }) => place !== null))
      return placed.toSorted((a, b) => Number(a.place) - Number(b.place)).map(({ one }) => one);
  }
  return values;
}
