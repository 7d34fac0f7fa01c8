/** Round steps for an axis: 1, 2 or 5 times a power of ten, about `count` of them, within the domain. */
export function ticksOf([low, high]: readonly [number, number], count = 5): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough * 0.999) ?? 10 * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** A linear map from a domain to a range of pixels. */
export const linear =
  ([low, high]: readonly [number, number], [from, to]: readonly [number, number]) =>
  (value: number): number =>
    from + ((value - low) / (high - low || 1)) * (to - from);

/** The same by powers of ten; of domains above zero. */
export const logarithmic = ([low, high]: readonly [number, number], range: readonly [number, number]) => {
  const map = linear([Math.log10(low), Math.log10(high)], range);
  return (value: number): number => map(Math.log10(value));
};

/** Powers of ten within the domain, with 2 and 5 between them where there are few; no more than `count` or so. */
export function logTicksOf([low, high]: readonly [number, number], count = 6): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const powers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const within = (factors: readonly number[]) =>
    powers
      .flatMap((power) => factors.map((factor) => Number((factor * 10 ** power).toPrecision(12))))
      .filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
  const fine = within([1, 2, 5]);
  if (fine.length <= count) return fine.length >= 2 ? fine : ticksOf([low, high], count);
  const coarse = within([1]);
  const every = Math.ceil(coarse.length / count);
  return coarse.filter((_, index) => index % every === 0);
}

/** The least and the greatest, with some room around them: a line that is flat has it as well. Null of no value. */
export function domainOf(values: Iterable<number>, isLog: boolean): readonly [number, number] | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (isLog && !(value > 0)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return null;
  if (isLog) {
    const room = high > low ? (high / low) ** 0.04 : 2;
    return [low / room, high * room];
  }
  const room = high > low ? (high - low) * 0.06 : Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
}
