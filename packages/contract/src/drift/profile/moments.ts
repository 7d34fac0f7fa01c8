import { z } from "zod";

/** Count, mean and sum of squared differences to the mean (`m2`), by which windows of any size add up without cancellation. */
export const momentsSchema = z.strictObject({
  count: z.number().int().positive(),
  mean: z.number(),
  m2: z.number().nonnegative(),
  min: z.number(),
  max: z.number(),
});
export type Moments = z.infer<typeof momentsSchema>;

/** Of the whole population: divided by count, not count − 1. */
export const standardDeviation = ({ m2, count }: Pick<Moments, "m2" | "count">): number => Math.sqrt(m2 / count);

/** Welford's (1962) running form; `take` is undefined while nothing was added. */
export class RunningMoments {
  #count = 0;
  #mean = 0;
  #m2 = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    this.#count += 1;
    const difference = value - this.#mean;
    this.#mean += difference / this.#count;
    this.#m2 += difference * (value - this.#mean);
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  take(): Moments | undefined {
    if (this.#count === 0) return undefined;
    return { count: this.#count, mean: this.#mean, m2: this.#m2, min: this.#min, max: this.#max };
  }
}
