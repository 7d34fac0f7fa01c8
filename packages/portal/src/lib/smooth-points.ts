export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

/**
 * An exponential moving average with the bias of its start taken out, as TensorBoard has it: 0 changes nothing, 0.9
 * looks back some ten points.
 */
export function smoothPoints(points: readonly CurvePoint[], weight: number): readonly CurvePoint[] {
  if (weight <= 0) return points;
  const kept = Math.min(weight, 0.999);
  let [sum, share] = [0, 1];
  return points.map(({ x, y }) => {
    sum = sum * kept + y * (1 - kept);
    share *= kept;
    return { x, y: sum / (1 - share) };
  });
}
