import { logGamma, lowerGamma, upperGamma } from "./gamma.ts";

/** The normal distribution's Φ(x), with full relative accuracy in both tails. */
export function normalCdf(x: number): number {
  const half = 0.5 * upperGamma(0.5, (x * x) / 2);
  return x < 0 ? half : 1 - half;
}

/** Both tails beyond |z|. */
export const normalTwoSidedP = (z: number): number => upperGamma(0.5, (z * z) / 2);

/** Φ⁻¹(p): Abramowitz and Stegun 26.2.23 (off by 4.5e-4 at most), mended by Newton's method. Infinite at 0 and 1. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) return p <= 0 ? Number.NEGATIVE_INFINITY : p >= 1 ? Number.POSITIVE_INFINITY : Number.NaN;
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  let x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (let step = 0; step < 4; step += 1) {
    x -= ((normalCdf(x) - p) * Math.sqrt(2 * Math.PI)) / Math.exp((-x * x) / 2);
  }
  return x;
}

/** The share of a chi-square distribution with `df` degrees of freedom that lies below `x`. */
export const chiSquareCdf = (x: number, df: number): number => lowerGamma(df / 2, x / 2);

/** The share above `x`: the p-value of a chi-square statistic. */
export const chiSquareP = (x: number, df: number): number => upperGamma(df / 2, x / 2);

/**
 * The value that a share `1 − upper` lies below. Asked by the upper tail, so that 1e-12 loses no digit. Starts from
 * Wilson and Hilferty's cube (1931), then Newton's method on the logarithm of the tail, kept between bounds.
 */
export function chiSquareQuantile(upper: number, df: number): number {
  if (!(upper > 0 && upper < 1)) return upper >= 1 ? 0 : Number.POSITIVE_INFINITY;
  const c = 2 / (9 * df);
  let x = Math.max(1e-8, df * (1 - c - normalQuantile(upper) * Math.sqrt(c)) ** 3);
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  for (let step = 0; step < 100; step += 1) {
    const tail = chiSquareP(x, df);
    if (tail > upper) low = x;
    else high = x;
    const density = Math.exp((df / 2 - 1) * Math.log(x) - x / 2 - (df / 2) * Math.LN2 - logGamma(df / 2));
    const next = x + (Math.log(tail / upper) * tail) / density;
    const moved = next > low && next < high ? next : Number.isFinite(high) ? (low + high) / 2 : x * 2;
    if (Math.abs(moved - x) <= 1e-12 * moved) return moved;
    x = moved;
  }
  return x;
}

/**
 * The limit of P(√n·D > λ), Kolmogorov's distribution: its alternating series for large λ, the dual one (Jacobi's theta
 * identity), which converges at once there, for small.
 */
export function kolmogorovP(lambda: number): number {
  if (!(lambda > 0)) return 1;
  if (lambda < 1.18) {
    const y = Math.exp((-Math.PI * Math.PI) / (8 * lambda * lambda));
    return 1 - (Math.sqrt(2 * Math.PI) / lambda) * (y + y ** 9 + y ** 25 + y ** 49);
  }
  const x = Math.exp(-2 * lambda * lambda);
  return 2 * (x - x ** 4 + x ** 9);
}
