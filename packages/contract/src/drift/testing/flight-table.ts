import { readFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../math/random.ts";

/** A flight as a model of delays sees it, with what such a model answers. */
export interface Flight {
  readonly hour: number;
  readonly weekday: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
  /** Mostly none, sometimes unknown: the kind of column that has no deciles. */
  readonly rain: number | null;
  readonly isHoliday: boolean;
  readonly probability: number;
}

export const flightColumns = [
  { name: "hour", kind: "numeric" },
  { name: "weekday", kind: "numeric" },
  { name: "distance", kind: "numeric" },
  { name: "origin", kind: "categorical" },
  { name: "destination", kind: "categorical" },
  { name: "rain", kind: "numeric" },
  { name: "isHoliday", kind: "boolean" },
] as const;

/** 10,000 published flights of 2001; rain, holidays and predictions are made up around them, the same each time. */
export function readFlights(): Flight[] {
  const path = join(import.meta.dirname, "../../../../../node_modules/vega-datasets/data/flights-10k.json");
  const published: { date: string; distance: number; origin: string; destination: string }[] = JSON.parse(
    readFileSync(path, "utf8"),
  );
  const random = seededRandom(11);
  return published.map(({ date, distance, origin, destination }) => {
    const time = new Date(`${date.replaceAll("/", "-").replace(" ", "T")}Z`);
    const hour = time.getUTCHours();
    const rain = random() < 0.03 ? null : random() < 0.8 ? 0 : -Math.log(1 - random()) * 4;
    return {
      hour,
      weekday: ((time.getUTCDay() + 6) % 7) + 1,
      distance,
      origin,
      destination,
      rain,
      isHoliday: random() < 0.05,
      probability: lateProbability(hour, distance, random()),
    };
  });
}

/** Delays add up over the day. About 0.2 on average over the published hours. */
const lateProbability = (hour: number, distance: number, noise: number): number =>
  logistic(-2.22 + 0.075 * ((hour + 20) % 24) + 0.0001 * distance + noise - 0.5);

export const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

export const logit = (share: number): number => Math.log(share / (1 - share));
