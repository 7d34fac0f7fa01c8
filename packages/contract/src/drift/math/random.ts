/** A number in [0, 1). */
export type Random = () => number;

/**
 * Mulberry32 (T. Ettinger, 2017, public domain): small, fast and the same everywhere. Good for drawing samples, no use
 * where somebody could gain by guessing it.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
