import { decimal } from "../math/format.ts";
import type { ColumnProfile } from "./reference-profile.ts";

/** What people call the cells of a column, in order: the axis of a chart, the place in a reason. */
export function cellLabels(column: ColumnProfile): string[] {
  if (column.kind !== "numeric") return [...column.categories, "other"];
  const { bounds, points } = column;
  return Array.from({ length: bounds.length + 1 }, (_, cell) => {
    const [low, high] = [bounds[cell - 1], bounds[cell]];
    if (low === undefined || high === undefined) {
      const end = low ?? high;
      return end === undefined ? "any" : `${low === undefined ? "below" : "above"} ${decimal(end)}`;
    }
    const point = points.find((value) => low < value && value <= high);
    return point === undefined ? `${decimal(low)} to ${decimal(high)}` : decimal(point);
  });
}
